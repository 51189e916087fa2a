import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { killMarked } from "../kill.js";
import type { Layout } from "../layout.js";
import { readRegular } from "../regular-file.js";
import type { Instance, Isolation, Place } from "./isolation.js";

/**
 * Commands as children of the host: a home folder of their own, the host's everything else. Works
 * wherever there is a Linux.
 */
export function plainIsolation(layout: Layout, changesUser: boolean): Isolation {
  return {
    name: "plain",
    open: (instance) => Promise.resolve(placeOf(layout, instance, changesUser)),
    shut: ({ home }) => killMarked((mark) => mark === home.folder),
    close: () => {
      const folder = publicFolder(layout);
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
      rmSync(publicNote(layout), { force: true });
      return Promise.resolve();
    },
  };
}

function placeOf(layout: Layout, instance: Instance, changesUser: boolean): Place {
  const { home } = instance;
  for (const folder of [home.scripts, home.tmp]) mkdirSync(folder, { recursive: true });
  chmodSync(home.tmp, 0o1777);
  return {
    enter: ["setsid"],
    guarded: false,
    homeFolder: home.root,
    bin: layout.bin,
    scripts: { host: home.scripts, inside: home.scripts },
    get publicScripts() {
      const folder = publicFolder(layout) ?? makePublicFolder(layout);
      return { host: folder, inside: folder };
    },
    temporary: home.tmp,
    hidesMark: false,
    changesUser,
    hostPath: (inside) => inside,
    isUp: () => true,
  };
}

/**
 * Other users cannot reach the emulator's own folder, which may be closed to them. Their scripts
 * are in the host's /tmp, as the agent's are.
 */
function makePublicFolder(layout: Layout): string {
  const folder = mkdtempSync(join(tmpdir(), "cloud-assistant-scripts-"));
  chmodSync(folder, 0o711);
  writeFileSync(publicNote(layout), folder);
  return folder;
}

function publicFolder(layout: Layout): string | undefined {
  const folder = readRegular(publicNote(layout), 4_096);
  return folder !== undefined && existsSync(folder) ? folder : undefined;
}

function publicNote(layout: Layout): string {
  return join(layout.tools, "public-scripts");
}
