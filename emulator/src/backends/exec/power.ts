import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { POWER_TOOL_NAMES, powerTool } from "./shell/power-tool.js";

/** What a program inside an instance asked of its power. */
export type PowerWish =
  { readonly kind: "powerOff" | "reboot"; readonly afterMs: number } | { readonly kind: "cancel" };

/** Puts the stand-ins for shutdown, reboot and their like into a folder. */
export function installPowerTools(bin: string, doorbell: string): void {
  mkdirSync(bin, { recursive: true });
  const tool = join(bin, "power");
  writeFileSync(tool, powerTool(doorbell), { mode: 0o755 });
  for (const name of POWER_TOOL_NAMES) {
    rmSync(join(bin, name), { force: true });
    symlinkSync("power", join(bin, name));
  }
}

/** Reads a wish and takes it away. Undefined while it is not whole. */
export function takePowerWish(file: string): PowerWish | undefined {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
  const [, kind, minutes] = /^(reboot|powerOff|cancel) (\d+)\n$/.exec(text) ?? [];
  if (kind === undefined) return undefined;
  rmSync(file, { force: true });
  if (kind === "cancel") return { kind };
  return { kind: kind === "reboot" ? "reboot" : "powerOff", afterMs: Number(minutes) * 60_000 };
}
