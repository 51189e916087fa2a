/** `at(…)` as the agent reads it: one moment in UTC, `2026-01-02T03:04:05`. */
import type { Refused } from "./fields.js";
import { fromSeconds, type Nanoseconds } from "./instant.js";
import type { Timer } from "./timer.js";

const layout = "2006-01-02T15:04:05";
/** The longest wait that the agent can count, 292 years; a later moment comes too early. */
const longestWait: Nanoseconds = 2n ** 63n - 1n;

type Part = {
  /** What stands before it. */
  readonly before: string;
  /** Its name in the layout, in the agent's messages. */
  readonly name: string;
  readonly digits: RegExp;
  readonly range?: readonly [min: number, max: number, called: string];
};

// The hour may have one digit; the day is judged with its month, at the end.
const parts: readonly Part[] = [
  { before: "", name: "2006", digits: /^\d{4}/ },
  { before: "-", name: "01", digits: /^\d\d/, range: [1, 12, "month"] },
  { before: "-", name: "02", digits: /^\d\d/ },
  { before: "T", name: "15", digits: /^\d\d?/, range: [0, 23, "hour"] },
  { before: ":", name: "04", digits: /^\d\d/, range: [0, 59, "minute"] },
  { before: ":", name: "05", digits: /^\d\d/, range: [0, 59, "second"] },
];

/** The moment, or the agent's refusal in the words of its runtime. */
export function readAt(expr: string): { readonly at: Nanoseconds } | Refused {
  if (new TextEncoder().encode(expr).length < 4) return { refused: "InvalidAtExpression" };
  const wrapped = /^at\(/i.test(expr) && expr.endsWith(")");
  return readMoment(wrapped ? expr.slice(3, -1) : expr);
}

/** Runs once; a moment that is just now counts. */
export function atTimer(at: Nanoseconds, arrived: Nanoseconds): Timer {
  return (clock) => {
    if (clock > at) return { kind: clock === arrived ? "expired" : "finished" };
    const wait = at - clock;
    return { kind: "run", at: clock + (wait > longestWait ? longestWait : wait) };
  };
}

function readMoment(text: string): { readonly at: Nanoseconds } | Refused {
  const numbers: number[] = [];
  let rest = text;
  for (const part of parts) {
    if (!rest.startsWith(part.before)) return cannotParse(text, rest, part.before);
    rest = rest.slice(part.before.length);
    const [digits] = part.digits.exec(rest) ?? [];
    if (digits === undefined) return cannotParse(text, rest, part.name);
    const number = Number(digits);
    const [min, max, called] = part.range ?? [0, number, ""];
    if (number < min || number > max)
      return { refused: `parsing time ${quote(text)}: ${called} out of range` };
    numbers.push(number);
    rest = rest.slice(digits.length);
  }
  const [fraction = ""] = /^[.,]\d+/.exec(rest) ?? [];
  rest = rest.slice(fraction.length);
  if (rest !== "") return { refused: `parsing time ${quote(text)}: extra text: ${quote(rest)}` };

  const [year = 0, month = 1, day = 1, ...clock] = numbers;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  // A day that the month lacks has moved the date on.
  if (date.getUTCDate() !== day)
    return { refused: `parsing time ${quote(text)}: day out of range` };
  date.setUTCHours(clock[0] ?? 0, clock[1], clock[2]);
  const nanos = BigInt(fraction.slice(1, 10).padEnd(9, "0"));
  return { at: fromSeconds(date.getTime() / 1000) + nanos };
}

function cannotParse(text: string, rest: string, element: string): Refused {
  const [whole, left, wanted] = [quote(text), quote(rest), quote(element)];
  return {
    refused: `parsing time ${whole} as ${quote(layout)}: cannot parse ${left} as ${wanted}`,
  };
}

/** Quotes as the agent's runtime does: what is not plain ASCII byte by byte. */
function quote(text: string): string {
  const escape = (byte: number): string => {
    const character = String.fromCharCode(byte);
    if (byte < 0x20 || byte >= 0x80) return `\\x${byte.toString(16).padStart(2, "0")}`;
    return character === '"' || character === "\\" ? `\\${character}` : character;
  };
  return `"${Array.from(new TextEncoder().encode(text), escape).join("")}"`;
}
