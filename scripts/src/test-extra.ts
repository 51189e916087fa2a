/**
 * `npm run test:extra`: what takes long or needs more tools than `npm ci` brings. It gets the tools
 * itself. One that cannot be had is a failure in CI, and a counted skip elsewhere.
 */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { runBenches } from "./bench-run.js";
import { runJest, type Tally } from "./jest-run.js";
import { npmTool } from "./npm-tool.js";
import { main, root, say } from "./run-script.js";

/** The long-term Node after the one that everything else is tested on. */
const otherNode = "22.23.3";
/** What is looked at under another Node: what is captured, the examples, the emulator and its clients. */
const smoke = ["tests/closure", "tests/program", "tests/engine/examples", "tests/emulator/front"];
/** Tests that run more often, or at all, when this is set. */
const switchName = "CLOUD_ASSISTANT_EXTRA";

type Step = { readonly title: string; readonly run: () => Promise<Tally | { missing: string }> };

const env = { ...process.env, [switchName]: "1" };

const steps: readonly Step[] = [
  {
    title: "What `npm test` runs a part of, in full, and what it leaves out",
    run: () => runJest(filesWithMore(), { node: process.execPath, env }),
  },
  { title: `A smoke test on Node ${otherNode}`, run: onOtherNode },
  { title: "The benches, and the bounds they are held against", run: () => runBenches(env) },
];

void main(async () => {
  const total = { passed: 0, failed: 0, skipped: 0 };
  const missing: string[] = [];
  for (const { title, run } of steps) {
    say(`\n${title}\n`);
    const end = await run();
    if ("missing" in end) missing.push(`${title}: ${end.missing}`);
    else for (const key of ["passed", "failed", "skipped"] as const) total[key] += end[key];
  }
  const inCi = (process.env.CI ?? "") !== "" && process.env.CI !== "false";
  total[inCi ? "failed" : "skipped"] += missing.length;
  for (const line of missing) say(`\n${inCi ? "FAILED" : "SKIPPED"}  ${line}`);
  const { passed, failed, skipped } = total;
  say(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
  return failed === 0 ? 0 : 1;
});

/** Test files that look at the switch, and all of tests/extra. */
function filesWithMore(): string[] {
  const tests = path.join(root, "tests");
  return readdirSync(tests, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".test.ts"))
    .filter(
      (file) =>
        file.startsWith(`extra${path.sep}`) ||
        readFileSync(path.join(tests, file), "utf8").includes(switchName),
    )
    .map((file) => path.join("tests", file));
}

async function onOtherNode(): Promise<Tally | { missing: string }> {
  const tool = await npmTool(`node-${platform()}-${process.arch}`, otherNode);
  if ("missing" in tool) return tool;
  const bin = path.join(tool.folder, "bin");
  // The engine's own scripts take the first node on PATH.
  const search = [bin, process.env.PATH].join(path.delimiter);
  return runJest(smoke, { node: path.join(bin, "node"), env: { ...process.env, PATH: search } });
}

/** As the packages with Node's binaries spell it. */
function platform(): string {
  return process.platform === "win32" ? "win" : process.platform;
}
