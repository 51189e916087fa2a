import { spawn } from "node:child_process";
import path from "node:path";
import type { Tally } from "./jest-run.js";
import { root } from "./run-script.js";

/** The part of a bench's report that is judged. */
type Report = {
  readonly measurements: readonly { readonly kept: boolean; readonly bound?: object }[];
};

/** Builds the benches and runs them all. What has a bound has passed or failed. */
export async function runBenches(env: NodeJS.ProcessEnv): Promise<Tally> {
  const tsc = path.join(root, "node_modules", "typescript", "bin", "tsc");
  if ((await output([tsc, "-b", "bench"], env)).code !== 0) return broken;
  // Ratios of times are noisy where others use the machine: one may be measured three times.
  const { code, stdout } = await output(["bench/dist/main.js", "--tries", "3"], env);
  try {
    const bounded = (JSON.parse(stdout) as readonly Report[])
      .flatMap(({ measurements }) => measurements)
      .filter(({ bound }) => bound !== undefined);
    const passed = bounded.filter(({ kept }) => kept).length;
    // A bench that ended without a report has only its exit code.
    const failed = Math.max(bounded.length - passed, code === 0 ? 0 : 1);
    return { passed, failed, skipped: 0 };
  } catch {
    return broken;
  }
}

const broken: Tally = { passed: 0, failed: 1, skipped: 0 };

type Ended = { readonly code: number | null; readonly stdout: string };

function output(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...args], {
      cwd: root,
      env,
      stdio: ["ignore", "pipe", "inherit"],
    });
    let stdout = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.once("error", reject);
    child.once("close", (code) => {
      resolve({ code, stdout });
    });
  });
}
