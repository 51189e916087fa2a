import { spawn, type ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { EmulatorError } from "../../../errors.js";
import type { Doorbells } from "../doorbells.js";
import { MARK } from "../environment.js";
import { installFile } from "../install-file.js";
import { killMarked } from "../kill.js";
import { safeName, type Home, type Layout } from "../layout.js";
import { hasEnvironment, isAlive, parseStat, type ProcessId } from "../proc.js";
import { discard, readRegular, replaceFile } from "../regular-file.js";
import { INIT_SCRIPT, INSIDE, LOOKS } from "../shell/init-script.js";
import { powerDoorbell, readyDoorbell } from "./doorbell-names.js";
import type { Instance, Isolation, Place } from "./isolation.js";
import { mountsOf, mountTable } from "./mount-table.js";
import { pathUnder } from "./path-under.js";

export type NamespaceOptions = {
  readonly layout: Layout;
  readonly doorbells: Doorbells;
  readonly path: string;
  /** Without root a user namespace gives the rights to make the others; there is but one user then. */
  readonly asRoot: boolean;
  readonly abandonedAfterSeconds: number;
};

/** What makes the namespaces, and what goes into those of a process. */
export function unshareArguments(asRoot: boolean): string[] {
  const user = asRoot ? [] : ["--map-root-user"];
  return [...user, "--pid", "--mount", "--uts", "--ipc", "--fork"];
}

export function enterArguments(pid: number, asRoot: boolean): string[] {
  const user = asRoot ? [] : ["--user", "--preserve-credentials"];
  return ["--target", String(pid), ...user, "--mount", "--uts", "--ipc", "--pid", "--"];
}

/**
 * Instances with their own processes, mounts, host name and shared memory. Each has a first process
 * that lives as long as it is on, outlives a killed emulator and takes everything with it when it
 * dies.
 */
export function namespaceIsolation(options: NamespaceOptions): Isolation {
  const { layout, abandonedAfterSeconds } = options;
  const lease = join(layout.doorbells, ".lease");
  mkdirSync(layout.doorbells, { recursive: true });
  installFile(join(layout.tools, "init.sh"), INIT_SCRIPT);
  writeFileSync(lease, "");
  const renewal = setInterval(() => {
    renew(lease);
  }, abandonedAfterSeconds * 100);
  renewal.unref();
  return {
    name: "namespaces",
    open: async (instance) => {
      const init = runningInit(instance.home) ?? (await startInit(instance, options));
      return placeOf(instance, init, options.asRoot);
    },
    shut: ({ home }) => killMarked((mark) => mark === home.folder),
    close: () => {
      clearInterval(renewal);
      return Promise.resolve();
    },
  };
}

function renew(lease: string): void {
  const now = new Date();
  try {
    utimesSync(lease, now, now);
  } catch {
    // The folder is gone, and with it everyone who would look.
  }
}

/** The first process that an earlier emulator started, if it is still the same one. */
function runningInit(home: Home): ProcessId | undefined {
  const init = noted(home);
  if (init === undefined || !isAlive(init)) return undefined;
  const mark = `${MARK}=${home.folder}`;
  return hasEnvironment(init.pid, (entry) => entry === mark) ? init : undefined;
}

function noted(home: Home): ProcessId | undefined {
  const line = readRegular(noteOf(home), 4_096);
  return line?.endsWith("\n") === true ? parseStat(line) : undefined;
}

function noteOf(home: Home): string {
  return join(home.folder, "init");
}

async function startInit(instance: Instance, options: NamespaceOptions): Promise<ProcessId> {
  const { home, machine } = instance;
  const { layout, doorbells, path, asRoot, abandonedAfterSeconds } = options;
  const table = furnish(instance, layout);
  const ready = readyDoorbell(instance);
  const rung = new Promise<void>((resolve) => {
    doorbells.on(ready, resolve);
  });
  const words = [
    join(layout.tools, "init.sh"),
    hostName(machine.instanceName, machine.instanceId),
    table,
    noteOf(home),
    ready,
    String(Math.max(Math.ceil(abandonedAfterSeconds / LOOKS), 1)),
  ];
  const child = spawn("unshare", [...unshareArguments(asRoot), "sh", ...words], {
    cwd: "/",
    detached: true,
    stdio: ["ignore", "ignore", "pipe"],
    env: { PATH: path, HOME: "/root", LANG: "C.UTF-8", [MARK]: home.folder },
  });
  try {
    await Promise.race([rung, failure(child)]);
  } finally {
    doorbells.off(ready);
    discard(join(layout.doorbells, ready));
  }
  child.stderr.destroy();
  child.unref();
  const started = noted(home);
  if (started === undefined) throw new EmulatorError("Internal", "An instance came up unnoticed.");
  child.on("exit", (_code, signal) => {
    pressPower(signal, join(layout.doorbells, powerDoorbell(instance)));
  });
  return started;
}

/** Rejects when the first process ends instead of coming up. */
function failure(child: ChildProcess): Promise<never> {
  return new Promise((_resolve, reject) => {
    let said = "";
    child.stderr?.on("data", (chunk: Buffer) => {
      said += chunk.toString();
    });
    child.on("error", reject);
    child.on("exit", (code, signal) => {
      const how = signal ?? `exit code ${code ?? "unknown"}`;
      reject(
        new EmulatorError("Internal", `The instance did not come up (${how}): ${said.trim()}`),
      );
    });
  });
}

/** The kernel ends a namespace with these when something inside calls reboot(2). */
function pressPower(signal: NodeJS.Signals | null, doorbell: string): void {
  const wish = signal === "SIGHUP" ? "reboot" : signal === "SIGINT" ? "powerOff" : undefined;
  if (wish === undefined) return;
  discard(doorbell);
  try {
    writeFileSync(doorbell, `${wish} 0\n`, { flag: "wx" });
  } catch {
    // A folder of its own making is in the way: what the instance says is lost.
  }
}

/** Puts everything where the mounts expect it, and gives the mount table. */
function furnish(instance: Instance, layout: Layout): string {
  const { home, machine } = instance;
  const shm = join(home.volatile, "shm");
  const folders = [
    ...[home.root, home.tmp, home.scripts, shm, join(shm, basename(INSIDE))],
    ...["doorbells", "bin", join("stage", "root"), join("stage", "tmp")].map((name) =>
      join(home.agent, name),
    ),
  ];
  for (const folder of folders) mkdirSync(folder, { recursive: true });
  chmodSync(shm, 0o1777);
  chmodSync(home.tmp, 0o1777);
  replaceFile(join(home.agent, "instance"), `${safeName(machine.instanceId)}\n`);
  const machineId = createHash("sha256").update(machine.instanceId).digest("hex").slice(0, 32);
  replaceFile(join(home.agent, "machine-id"), `${machineId}\n`);
  const table = join(home.folder, "mounts");
  replaceFile(table, mountTable(mountsOf(home, layout)));
  discard(noteOf(home));
  return table;
}

/** A name that the kernel takes: an instance's may be anything. */
function hostName(name: string, instanceId: string): string {
  return /^[A-Za-z0-9][A-Za-z0-9.-]{0,62}$/.test(name) ? name : instanceId.slice(0, 63);
}

function placeOf(instance: Instance, init: ProcessId, asRoot: boolean): Place {
  const { home } = instance;
  return {
    enter: ["nsenter", ...enterArguments(init.pid, asRoot), "setsid"],
    guarded: true,
    homeFolder: "/root",
    bin: `${INSIDE}/bin`,
    scripts: { host: home.scripts, inside: `${INSIDE}/work/script` },
    publicScripts: { host: home.tmp, inside: "/tmp" },
    hidesMark: true,
    changesUser: asRoot,
    hostPath: (inside) => pathUnder(`/proc/${init.pid}/root`, inside),
    isUp: () => isAlive(init),
  };
}
