import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import type { Bench } from "./bench.js";

/** The command lines of all processes in an instance, looked up from outside. */
export function programsIn(bench: Bench, instanceId: string): string[] {
  const home = join(bench.folder, "instances", instanceId);
  const isInside = bench.backend.isolation === "plain" ? carries(home) : sharesNamespace(home);
  return processes().filter(isInside).map(commandLine);
}

/** Processes of this machine whose command line or environment leads into a folder. */
export function processesOf(folder: string): string[] {
  return processes()
    .filter(
      (pid) => read(pid, "environ").includes(`=${folder}`) || read(pid, "cmdline").includes(folder),
    )
    .map((pid) => `${pid} ${commandLine(pid)}`);
}

function processes(): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => !/\) [ZX] /.test(read(pid, "stat")));
}

function carries(home: string): (pid: string) => boolean {
  return (pid) =>
    read(pid, "environ")
      .split("\0")
      .some((entry) => entry.endsWith(`=${home}`));
}

function sharesNamespace(home: string): (pid: string) => boolean {
  const [init = ""] = readFileSync(join(home, "init"), "utf8").split(" ");
  const own = namespaceOf(init);
  return (pid) => own !== undefined && namespaceOf(pid) === own;
}

function namespaceOf(pid: string): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`);
  } catch {
    return undefined;
  }
}

function commandLine(pid: string): string {
  return read(pid, "cmdline").split("\0").join(" ").trim();
}

function read(pid: string, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, "utf8");
  } catch {
    return "";
  }
}
