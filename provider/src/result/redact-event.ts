import type { EventBody } from "../events.js";

/**
 * Takes secrets out of what an event says in words, and out of nothing else: ids, numbers, codes
 * and keys stay as they are.
 */
export function redactEvent<E extends EventBody>(event: E, redact: (text: string) => string): E {
  return { ...event, ...redactedParts(event, redact) };
}

function redactedParts(event: EventBody, redact: (text: string) => string): Partial<EventBody> {
  const reasons = <M extends { readonly reason: string }>(members: readonly M[]): readonly M[] =>
    members.map((member) => ({ ...member, reason: redact(member.reason) }));
  switch (event.event) {
    case "plan":
      return { lines: event.lines.map(redact) };
    case "sweep":
      return { unready: reasons(event.unready), skipped: reasons(event.skipped) };
    case "call":
      return event.reason === undefined ? {} : { reason: redact(event.reason) };
    case "row":
      return event.errorInfo === undefined ? {} : { errorInfo: redact(event.errorInfo) };
    case "verdict":
      return { reasons: event.reasons.map(redact) };
  }
}
