import { existsSync, realpathSync } from "node:fs";
import { basename, join } from "node:path";
import type { Home, Layout } from "../layout.js";
import { INSIDE } from "../shell/init-script.js";
import { POWER_TOOL_NAMES } from "../shell/power-tool.js";

export type Mount = { readonly from: string; readonly to: string; readonly deep?: boolean };

/**
 * What an instance sees in place of the host's: its own /root, /tmp, /dev/shm and machine id, and
 * stand-ins for the programs that stop a machine, wherever they are called by their full path.
 *
 * The emulator's folder may itself be below /tmp or /root, where the mounts hide it. So everything
 * is first gathered below the folder that becomes /dev/shm, and mounted from there.
 */
export function mountsOf(home: Home, layout: Layout): readonly Mount[] {
  const shm = join(home.volatile, "shm");
  const gathered = join(shm, basename(INSIDE));
  return [
    { from: home.agent, to: gathered },
    { from: layout.doorbells, to: join(gathered, "doorbells") },
    { from: layout.bin, to: join(gathered, "bin") },
    { from: home.root, to: join(gathered, "stage", "root") },
    { from: home.tmp, to: join(gathered, "stage", "tmp") },
    { from: shm, to: "/dev/shm", deep: true },
    { from: `${INSIDE}/stage/root`, to: "/root" },
    { from: `${INSIDE}/stage/tmp`, to: "/tmp" },
    ...whereThere(`${INSIDE}/machine-id`, "/etc/machine-id"),
    ...powerPrograms().map((to) => ({ from: `${INSIDE}/bin/power`, to })),
    // The keyboard's emergency keys reach the host from any namespace.
    ...whereThere("/dev/null", "/proc/sysrq-trigger"),
  ];
}

/** A mount over a file that not every host has. */
function whereThere(from: string, to: string): Mount[] {
  return existsSync(to) ? [{ from, to }] : [];
}

/** The table in the form of /etc/fstab. */
export function mountTable(mounts: readonly Mount[]): string {
  return mounts
    .map(
      ({ from, to, deep }) =>
        `${field(from)} ${field(to)} none ${deep === true ? "rbind" : "bind"} 0 0\n`,
    )
    .join("");
}

/** Spaces end a field of a mount table. */
function field(path: string): string {
  return path.replace(/[\s\\#]/g, (c) => `\\${c.charCodeAt(0).toString(8).padStart(3, "0")}`);
}

/**
 * The programs of this host that would stop it. Where they are links to one program for many
 * purposes, such as busybox, that one is left alone.
 */
function powerPrograms(): string[] {
  const names: readonly string[] = POWER_TOOL_NAMES;
  const found = ["/sbin", "/usr/sbin", "/bin", "/usr/bin"].flatMap((folder) =>
    names.flatMap((name) => realPath(join(folder, name)) ?? []),
  );
  return [...new Set(found)].filter((path) => names.includes(basename(path)));
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}
