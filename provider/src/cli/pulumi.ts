import { spawn } from "node:child_process";

/** What the Pulumi CLI came to. */
export type PulumiEnd =
  | {
      readonly kind: "ended";
      readonly code: number;
      readonly stdout: string;
      readonly stderr: string;
    }
  /** It could not be started; `reason` is for people. */
  | { readonly kind: "missing"; readonly reason: string };

/** Runs the Pulumi CLI in a project's folder, and gives back what it printed. */
export type Pulumi = (args: readonly string[], cwd: string) => Promise<PulumiEnd>;

/** The CLI of this machine: the program that `PULUMI_COMMAND` names, else `pulumi` on PATH. */
export function installedPulumi(env: Readonly<Record<string, string | undefined>>): Pulumi {
  const given = env.PULUMI_COMMAND;
  const command = given === undefined || given === "" ? "pulumi" : given;
  return (args, cwd) =>
    new Promise((resolve) => {
      const child = spawn(command, [...args, "--non-interactive", "--color", "never"], {
        cwd,
        env,
        stdio: ["ignore", "pipe", "pipe"],
      });
      const stdout: Buffer[] = [];
      const stderr: Buffer[] = [];
      child.stdout.on("data", (piece: Buffer) => stdout.push(piece));
      child.stderr.on("data", (piece: Buffer) => stderr.push(piece));
      child.once("error", (error) => {
        resolve({ kind: "missing", reason: `${command}: ${error.message}` });
      });
      child.once("close", (code) => {
        resolve({
          kind: "ended",
          code: code ?? 1,
          stdout: Buffer.concat(stdout).toString("utf8"),
          stderr: Buffer.concat(stderr).toString("utf8"),
        });
      });
    });
}

/** What Pulumi said about a failure, in one line. */
export function saidByPulumi(end: PulumiEnd): string {
  if (end.kind === "missing") return end.reason;
  const lines = end.stderr.split("\n").map((line) => line.trim());
  const first = lines.find((line) => line !== "") ?? `it ended with exit code ${end.code}`;
  return first.replace(/^error: /, "");
}
