import type { CommandInvocationInputs, CommandInvocationState } from "../../inputs.js";
import type { World } from "../world.js";

/** Seconds that a call is waited for beyond the command's own time-out. */
const graceSeconds = 90;
/** Seconds that a command may take where nothing says so. */
export const defaultTimeout = 60;

/** Milliseconds that one call is waited for from its acceptance: `wait.timeout`, or the default. */
export function waitMs(inputs: CommandInvocationInputs, commandTimeout: number): number {
  return (inputs.wait?.timeout ?? commandTimeout + graceSeconds) * 1_000;
}

/** Milliseconds that a stop is waited for, whatever a run is waited for. */
export function stopWaitMs(state: CommandInvocationState): number {
  const commandTimeout = state.timeout ?? state.command?.timeout ?? defaultTimeout;
  return (commandTimeout + graceSeconds) * 1_000;
}

/** The end of the whole operation, from `opts.customTimeouts`; without it there is none. */
export function deadlineMs(seconds: number | undefined, world: World): number {
  return seconds === undefined ? Infinity : world.clock.now() + seconds * 1_000;
}
