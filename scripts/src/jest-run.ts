import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { root } from "./run-script.js";

/** How many tests ended how. */
export type Tally = { readonly passed: number; readonly failed: number; readonly skipped: number };

/** The part of jest's JSON report that is counted. */
type Report = {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly numRuntimeErrorTestSuites: number;
};

/** Runs jest on some files, by some Node, on this terminal. */
export async function runJest(
  patterns: readonly string[],
  place: { readonly node: string; readonly env: NodeJS.ProcessEnv },
): Promise<Tally> {
  const folder = mkdtempSync(path.join(tmpdir(), "test-extra-"));
  const report = path.join(folder, "report.json");
  const jest = path.join(root, "node_modules", "jest", "bin", "jest.js");
  try {
    await ended(place.node, [jest, ...patterns, "--json", `--outputFile=${report}`], place.env);
    return tallyOf(JSON.parse(readFileSync(report, "utf8")) as Report);
  } catch {
    // It ended before it could report: nothing is known but that it failed.
    return { passed: 0, failed: 1, skipped: 0 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function tallyOf(report: Report): Tally {
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + report.numRuntimeErrorTestSuites,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

function ended(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  return new Promise((resolve, reject) => {
    // With an output file, the JSON itself is not printed; what people read goes to stderr.
    const child = spawn(command, [...args], {
      cwd: root,
      env,
      stdio: ["ignore", "ignore", "inherit"],
    });
    child.once("error", reject);
    child.once("close", () => {
      resolve();
    });
  });
}
