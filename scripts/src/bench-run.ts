import path from "node:path";
import type { Tally } from "./jest-run.js";
import { runNode } from "./run-node.js";
import { root, say } from "./run-script.js";

/** The part of a bench's report that is judged. */
type Report = {
  readonly measurements: readonly {
    readonly kept: boolean;
    readonly name: string;
    readonly bound?: { readonly kind: "exact" | "ratio" };
  }[];
};

/** How `bench/dist/main.js` ends where nothing but a ratio of times was missed. */
const ratioMissed = 1;
const quiet = { stdin: "ignore", stdout: "pipe" } as const;

/**
 * Builds the benches and runs them all. A count or a size that has a bound has passed or failed. A ratio of times
 * that is missed again and again is said, and counted as skipped: a busy machine is no fault of the code.
 */
export async function runBenches(env: NodeJS.ProcessEnv): Promise<Tally> {
  const tsc = path.join(root, "node_modules", "typescript", "bin", "tsc");
  if ((await runNode([tsc, "-b", "bench"], env, quiet)).code !== 0) return broken;
  // Ratios of times are noisy where others use the machine: one may be measured three times.
  const { code, stdout } = await runNode(["bench/dist/main.js", "--tries", "3"], env, quiet);
  try {
    const bounded = (JSON.parse(stdout) as readonly Report[])
      .flatMap(({ measurements }) => measurements)
      .filter(({ bound }) => bound !== undefined);
    const missed = bounded.filter(({ kept }) => !kept);
    const slow = missed.filter(({ bound }) => bound?.kind === "ratio");
    for (const { name } of slow)
      say(`SKIPPED  ${name}: missed three times, on a machine that may be busy`);
    const failed = missed.length - slow.length;
    return {
      passed: bounded.length - missed.length,
      // A bench that ended without a report has only its exit code.
      failed: Math.max(failed, code === 0 || code === ratioMissed ? 0 : 1),
      skipped: slow.length,
    };
  } catch {
    return broken;
  }
}

const broken: Tally = { passed: 0, failed: 1, skipped: 0 };
