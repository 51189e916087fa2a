import { writeFile } from "node:fs/promises";
import path from "node:path";

import type { Failure } from "./engine.js";
import { GO_BUILD_FLAGS, PULUMI_GO_PACKAGE, PULUMI_VERSION } from "./pinned.js";
import { runTool } from "./run-tool.js";
import type { EngineSettings } from "./settings.js";

/** How often a build says that it goes on. */
const NEWS_EVERY_MS = 15_000;

/** Builds the CLI from its Go module into `folder`, as `pulumi`. */
export async function buildCli(
  go: string,
  folder: string,
  settings: EngineSettings,
): Promise<Failure | undefined> {
  const { goFolder, env, progress, cache } = settings;
  progress(
    `Building Pulumi ${PULUMI_VERSION} from its Go module. This is done once and takes about 4 minutes.`,
  );
  const news = startNews(progress);
  try {
    const { code, stderr } = await runTool({
      command: go,
      args: [
        "build",
        "-v",
        ...GO_BUILD_FLAGS,
        "-o",
        path.join(folder, "pulumi"),
        PULUMI_GO_PACKAGE,
      ],
      cwd: goFolder,
      env: goEnvironment(env),
      onLine: news.take,
    });
    if (code === 0) {
      progress(`Built in ${news.elapsed()}.`);
      return undefined;
    }
    const log = path.join(cache, "go-build.log");
    await writeFile(log, stderr);
    return { reason: `go build failed (${lastLine(stderr)}; all of it in ${log})` };
  } finally {
    news.stop();
  }
}

/** The user's environment without what would build something else: another platform, a workspace around this module. */
export function goEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ...env, GOOS: undefined, GOARCH: undefined, GOWORK: "off" };
}

type News = {
  readonly take: (line: string) => void;
  readonly elapsed: () => string;
  readonly stop: () => void;
};

/** Says at intervals what go is doing: with `-v` it prints each package that it compiles, and each download. */
function startNews(progress: (line: string) => void): News {
  const start = process.hrtime.bigint();
  const elapsed = (): string => `${Number((process.hrtime.bigint() - start) / 1_000_000_000n)} s`;
  let compiled = 0;
  let last = "starting";
  const timer = setInterval(() => {
    progress(`Still building (${elapsed()}): ${last}, ${compiled} packages compiled.`);
  }, NEWS_EVERY_MS);
  return {
    take(line) {
      const download = /^go: downloading (\S+)/.exec(line)?.[1];
      if (download !== undefined) last = `downloading ${download}`;
      else if (/^[\w.-]+(\/\S+)*$/.test(line)) {
        compiled += 1;
        last = `compiling ${line}`;
      }
    },
    elapsed,
    stop: () => {
      clearInterval(timer);
    },
  };
}

function lastLine(text: string): string {
  return (text.trim().split("\n").at(-1) ?? "").trim().slice(0, 200);
}
