import { spawn } from "node:child_process";
import { signalExitCode } from "cloud-assistant-engine";
import { root } from "./run-script.js";

/** How a program ended, and what it printed where that was kept. */
export type NodeEnd = { readonly code: number; readonly stdout: string };

/** Runs a program by Node in the repository's root. Its stdout is kept, or goes to this terminal. */
export function runNode(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  stdio: { readonly stdin: "ignore" | "inherit"; readonly stdout: "pipe" | "inherit" },
): Promise<NodeEnd> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...args], {
      cwd: root,
      env,
      stdio: [stdio.stdin, stdio.stdout, "inherit"],
    });
    let stdout = "";
    child.stdout?.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.once("error", reject);
    child.once("close", (code, signal) => {
      resolve({ code: signal === null ? (code ?? 1) : signalExitCode(signal), stdout });
    });
  });
}
