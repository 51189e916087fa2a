import { isRepeatMode, type RepeatMode } from "cloud-assistant-api";
import { parseFrequency } from "../../schedule/index.js";
import type { Schedule } from "../../state/records.js";
import { refuse, type Refused } from "../../validations/rules/refusal.js";

export type Repetition = {
  readonly repeatMode: RepeatMode;
  /** As requested, "" when none. */
  readonly frequency: string;
  readonly schedule?: Schedule;
};

/** A Frequency makes the call Period whatever RepeatMode says; without one the default is Once. */
export function readRepetition(
  args: { readonly RepeatMode: string | undefined; readonly Frequency: string | undefined },
  timeout: number,
): Repetition | Refused {
  const mode = args.RepeatMode === undefined || args.RepeatMode === "" ? "Once" : args.RepeatMode;
  if (!isRepeatMode(mode)) return refuse("InvalidRepeatMode.NotFound");
  const frequency = args.Frequency ?? "";
  if (frequency === "") {
    return mode === "Period"
      ? refuse("MissingParam.Frequency")
      : { repeatMode: mode, frequency: "" };
  }
  const schedule = readSchedule(frequency, timeout);
  return schedule === undefined
    ? refuse("InvalidParam.Frequency")
    : { repeatMode: "Period", frequency, schedule };
}

/** Undefined for what the service refuses. A run must be over before the next one. */
export function readSchedule(frequency: string, timeout: number): Schedule | undefined {
  const reading = parseFrequency(frequency);
  if (!reading.ok) return undefined;
  const { repeat, agentExpr: expr, intervalMs } = reading;
  if (intervalMs !== undefined) {
    // The interval of a rate must be longer than the time-out; that of a cron not shorter. [sdk]
    const timeoutMs = timeout * 1_000;
    if (repeat === "Rate" ? intervalMs <= timeoutMs : intervalMs < timeoutMs) return undefined;
  }
  return { repeat, expr };
}
