import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { repository } from "./places.js";
import type { BenchStack } from "./pulumi-stack.js";

/** What was loaded in the processes that ran the provider's own code. */
export type Loaded = {
  /** Processes that loaded the provider's runtime. */
  readonly plugins: number;
  /** Packages of Alibaba Cloud's SDK that were loaded in them. */
  readonly sdkPackages: number;
};

/** Runs the CLI with every node process writing down which packages it loads. */
export async function watchModules(stack: BenchStack, args: readonly string[]): Promise<Loaded> {
  const folder = mkdtempSync(path.join(tmpdir(), "bench-modules-"));
  const file = path.join(folder, "modules.jsonl");
  const watcher = path.join(repository, "bench", "support", "module-watch.cjs");
  try {
    await stack.run(args, {
      NODE_OPTIONS: `--require ${JSON.stringify(watcher)}`,
      BENCH_MODULES: file,
    });
    const lines = existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
    const loads = lines.map((line) => JSON.parse(line) as { pid: number; loaded: string });
    // Only the plugin process revives the captured text, which loads the runtime by its name.
    const plugins = new Set(
      loads.filter(({ loaded }) => loaded === "provider:runtime").map(({ pid }) => pid),
    );
    const sdk = loads.filter(
      ({ pid, loaded }) => plugins.has(pid) && /^@(alicloud|darabonba)\//.test(loaded),
    );
    return { plugins: plugins.size, sdkPackages: sdk.length };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
