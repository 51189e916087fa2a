import { parseGoTime } from "./go-time.js";
import { atSyntax, plainRefusal } from "./refusals.js";
import type { ArmResult, Next } from "./types.js";

/** The agent's longest wait, 2^63 - 1 ns: 292 years. What lies beyond runs after that time, and again. */
const LONGEST_WAIT_MS = 9_223_372_036_854.775807;

/**
 * `at(2026-01-02T03:04:05)`, UTC. Without the parentheses the text is taken as the time itself. White
 * space is not trimmed. One run, also at the very instant of arrival; a time that is past is dropped.
 */
export function armAt(expr: string, nowMs: number): ArmResult {
  if (Buffer.byteLength(expr) < 4) {
    return { kind: "refused", refusal: plainRefusal("InvalidAtExpression") };
  }
  const wrapped = /^at\([^]*\)$/i.test(expr);
  const time = parseGoTime(wrapped ? expr.slice(3, -1) : expr);
  if (!time.ok) return { kind: "refused", refusal: atSyntax(time.problem) };
  const first = runFrom(time.atMs, nowMs);
  if (first.kind === "finished") return { kind: "expired-unreported" };
  return {
    kind: "armed",
    timetable: { next: (afterMs) => runFrom(time.atMs, afterMs + 1) },
    first,
  };
}

function runFrom(runMs: number, clockMs: number): Extract<Next, { kind: "at" | "finished" }> {
  if (runMs < clockMs) return { kind: "finished" };
  return { kind: "at", atMs: Math.min(runMs, clockMs + LONGEST_WAIT_MS) };
}
