import { existsSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import type { PowerRequest } from "../backend.js";
import { installFile } from "./install-file.js";
import { cannotBe, discard, readRegular } from "./regular-file.js";
import { POWER_TOOL, POWER_TOOL_NAMES } from "./shell/power-tool.js";

/** What a program inside an instance asked of its power. */
export type PowerWish =
  { readonly kind: PowerRequest["action"]; readonly afterMs: number } | { readonly kind: "cancel" };

/** Puts the stand-ins for shutdown, reboot and their like into a folder. */
export function installPowerTools(bin: string): void {
  mkdirSync(bin, { recursive: true });
  installFile(join(bin, "power"), POWER_TOOL, 0o755);
  for (const name of POWER_TOOL_NAMES) {
    if (!existsSync(join(bin, name))) symlinkSync("power", join(bin, name));
  }
}

/** Reads a wish and takes it away. Undefined while it is not whole. */
export function takePowerWish(file: string): PowerWish | undefined {
  const [, kind, minutes] = /^(\w+) (\d+)\n$/.exec(readRegular(file, WISH_BYTES) ?? "") ?? [];
  if (kind === undefined) {
    if (cannotBe(file, WISH_BYTES)) discard(file);
    return undefined;
  }
  discard(file);
  const afterMs = Number(minutes) * 60_000;
  switch (kind) {
    case "cancel":
      return { kind };
    case "reboot":
    case "powerOff":
    case "restartAgent":
      return { kind, afterMs };
    default:
      return undefined;
  }
}

const WISH_BYTES = 256;
