import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import type { Isolation } from "../../../../emulator/src/backends/exec/options.js";
import { kill, pause } from "../../../../emulator/src/backends/exec/kill.js";

/** The command lines of all processes in an instance, looked up from outside. */
export function programsIn(
  where: { readonly folder: string; readonly isolation: Isolation },
  instanceId: string,
): string[] {
  const home = join(where.folder, "instances", instanceId);
  const isInside = where.isolation === "plain" ? carries(home) : sharesNamespace(home);
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

/** Kills a wrapper, which is known by its command line, with all that descends from it. */
export async function killAll(folder: string): Promise<void> {
  for (;;) {
    const roots = processes().filter((pid) => read(pid, "cmdline").includes(folder));
    if (roots.length === 0) return;
    const victims = new Set(roots);
    for (const victim of victims) {
      const children = processes().filter((pid) => parentOf(pid) === victim);
      for (const child of children) victims.add(child);
    }
    for (const pid of victims) kill(Number(pid));
    await pause(10);
  }
}

function parentOf(pid: string): string | undefined {
  return /\) \S (\d+) /.exec(read(pid, "stat"))?.[1];
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
