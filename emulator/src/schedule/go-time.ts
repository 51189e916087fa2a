/**
 * Go's `time.Parse` for the one layout that the agent uses, with the error texts of Go's library,
 * since the agent posts them as they are. Source: the documentation of Go's package `time`, and the
 * golden cases (which mark these texts as loose: they may differ between builds).
 */
const LAYOUT = "2006-01-02T15:04:05";

type Step =
  | { readonly literal: string }
  | {
      readonly part: "year" | "month" | "day" | "hour" | "minute" | "second";
      readonly layout: string;
      readonly pattern: RegExp;
      readonly from: number;
      readonly to: number;
    };

// A fraction may follow the second though the layout has none; an hour may have one digit. The day is
// held against its month only at the end.
const STEPS: readonly Step[] = [
  { part: "year", layout: "2006", pattern: /^\d{4}/, from: 0, to: 9999 },
  { literal: "-" },
  { part: "month", layout: "01", pattern: /^\d{2}/, from: 1, to: 12 },
  { literal: "-" },
  { part: "day", layout: "02", pattern: /^\d{2}/, from: 0, to: 99 },
  { literal: "T" },
  { part: "hour", layout: "15", pattern: /^\d{1,2}/, from: 0, to: 23 },
  { literal: ":" },
  { part: "minute", layout: "04", pattern: /^\d{2}/, from: 0, to: 59 },
  { literal: ":" },
  { part: "second", layout: "05", pattern: /^\d{2}/, from: 0, to: 59 },
];

export type ParsedTime =
  | { readonly ok: true; /** UTC, whole milliseconds */ readonly atMs: number }
  | { readonly ok: false; readonly problem: string };

export function parseGoTime(text: string): ParsedTime {
  const parts = { year: 0, month: 0, day: 0, hour: 0, minute: 0, second: 0 };
  let rest = text;
  for (const step of STEPS) {
    if ("literal" in step) {
      if (!rest.startsWith(step.literal)) return unreadable(text, rest, step.literal);
      rest = rest.slice(1);
      continue;
    }
    const digits = step.pattern.exec(rest)?.[0];
    if (digits === undefined) return unreadable(text, rest, step.layout);
    parts[step.part] = Number(digits);
    rest = rest.slice(digits.length);
    const value = parts[step.part];
    if (value < step.from || value > step.to) return wrong(text, `${step.part} out of range`);
  }
  const fraction = /^[.,]\d+/.exec(rest)?.[0] ?? "";
  rest = rest.slice(fraction.length);
  if (rest !== "") return wrong(text, `extra text: ${quote(rest)}`);
  return instant(text, parts, Number(fraction.slice(1, 4).padEnd(3, "0")));
}

function instant(
  text: string,
  parts: Readonly<Record<"year" | "month" | "day" | "hour" | "minute" | "second", number>>,
  milliseconds: number,
): ParsedTime {
  const date = new Date(0);
  date.setUTCFullYear(parts.year, parts.month - 1, parts.day);
  if (date.getUTCDate() !== parts.day) return wrong(text, "day out of range");
  date.setUTCHours(parts.hour, parts.minute, parts.second, milliseconds);
  return { ok: true, atMs: date.getTime() };
}

function unreadable(text: string, rest: string, layout: string): ParsedTime {
  const problem = `parsing time ${quote(text)} as "${LAYOUT}": cannot parse ${quote(rest)} as "${layout}"`;
  return { ok: false, problem };
}

function wrong(text: string, what: string): ParsedTime {
  return { ok: false, problem: `parsing time ${quote(text)}: ${what}` };
}

/** Quotes and backslashes escaped, control characters and everything beyond ASCII as `\xNN` bytes. */
function quote(text: string): string {
  const escaped = Array.from(text).map((char) => {
    if (char === '"' || char === "\\") return `\\${char}`;
    if (char >= " " && char <= "\u007f") return char;
    return [...Buffer.from(char, "utf8")]
      .map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`)
      .join("");
  });
  return `"${escaped.join("")}"`;
}
