/**
 * One field of a cron expression, as the agent reads it: a list of entries, each a wildcard, a range
 * of numbers, or something that only the field itself can explain (`L`, `15W`, `MON#1`).
 */

export type FieldName =
  "second" | "minute" | "hour" | "day-of-month" | "month" | "day-of-week" | "year";

export type Field = {
  /** As the agent's messages name it. */
  readonly name: FieldName;
  readonly min: number;
  readonly max: number;
  /** The number that a value in lower case stands for. */
  readonly value: (text: string) => number | undefined;
};

export type Entry =
  | { readonly kind: "all"; readonly text: string }
  | {
      readonly kind: "range";
      readonly text: string;
      readonly first: number;
      readonly last: number;
      readonly step: number;
    }
  | { readonly kind: "other"; readonly text: string };

export type Refused = { readonly refused: string };

const monthNames = [
  ...["january", "february", "march", "april", "may", "june"],
  ...["july", "august", "september", "october", "november", "december"],
];
const dayNames = [
  ...["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"],
];

export const secondField: Field = numeric("second", 0, 59);
export const minuteField: Field = numeric("minute", 0, 59);
export const hourField: Field = numeric("hour", 0, 23);
export const dayOfMonthField: Field = numeric("day-of-month", 1, 31);
export const monthField: Field = {
  name: "month",
  min: 1,
  max: 12,
  value: (text) => numberBetween(text, 1, 12) ?? placeOf(text, monthNames, 1),
};
export const dayOfWeekField: Field = {
  name: "day-of-week",
  min: 0,
  max: 6,
  value: (text) => dayNumber(text) ?? placeOf(text, dayNames, 0),
};
export const yearField: Field = {
  name: "year",
  min: 1970,
  max: 2099,
  value: (text) => (/^(?:19[789]|20\d)\d$/.test(text) ? Number(text) : undefined),
};

/** The entries of a field. Refused in the agent's words where no field takes such a text. */
export function readEntries(text: string, field: Field): readonly Entry[] | Refused {
  const parts = text.split(",").filter((part) => part !== "");
  if (parts.length === 0) return { refused: `${field.name} field: missing directive` };
  const entries: Entry[] = [];
  for (const part of parts) {
    const entry = readEntry(part, field);
    if ("refused" in entry) return entry;
    entries.push(entry);
  }
  return entries;
}

/** The numbers of a field without special entries: ascending, and empty where a range wraps. */
export function readNumbers(text: string, field: Field): readonly number[] | Refused {
  const entries = readEntries(text, field);
  if ("refused" in entries) return entries;
  const numbers: number[] = [];
  for (const entry of entries) {
    if (entry.kind === "other") return syntaxError(field, entry.text);
    // What stands behind a wildcard is not looked at any more, so that `*,x` is accepted.
    if (entry.kind === "all") return numbersOf(entry, field);
    numbers.push(...numbersOf(entry, field));
  }
  return ascending(numbers);
}

/** The numbers of one entry; none for a special one. */
export function numbersOf(entry: Entry, field: Field): readonly number[] {
  if (entry.kind === "other") return [];
  const { first, last, step } =
    entry.kind === "all" ? { first: field.min, last: field.max, step: 1 } : entry;
  const count = first > last ? 0 : Math.floor((last - first) / step) + 1;
  return Array.from({ length: count }, (_, i) => first + i * step);
}

export function syntaxError(field: Field, text: string): Refused {
  return { refused: `syntax error in ${field.name} field: '${text}'` };
}

export function ascending(numbers: readonly number[]): readonly number[] {
  return [...new Set(numbers)].sort((a, b) => a - b);
}

/** Lower case as the agent's runtime makes it: the dotted capital I becomes a plain i. */
export function lowerCase(text: string): string {
  return text.replaceAll("\u0130", "i").toLowerCase();
}

function readEntry(text: string, field: Field): Entry | Refused {
  const lower = lowerCase(text);
  if (lower === "*" || lower === "?") return { kind: "all", text };
  const [span = "", stepText, ...rest] = lower.split("/");
  const [from = "", to, ...more] = span.split("-");
  const stepped = stepText !== undefined;
  const readable = rest.length === 0 && more.length === 0 && (!stepped || /^\d+$/.test(stepText));
  if (!readable) return { kind: "other", text };

  const wild = stepped && span === "*";
  const first = wild ? field.min : field.value(from);
  const end = to === undefined ? undefined : field.value(to);
  if (first === undefined || (to !== undefined && end === undefined))
    return { kind: "other", text };
  const step = stepped ? stepNumber(stepText) : 1;
  if (stepped && (step < 1 || step > field.max)) return { refused: `invalid interval ${lower}` };
  return { kind: "range", text, first, last: end ?? (stepped ? field.max : first), step };
}

function numeric(name: FieldName, min: number, max: number): Field {
  return { name, min, max, value: (text) => numberBetween(text, min, max) };
}

/** One or two digits: `08` is eight, `008` is nothing. */
function numberBetween(text: string, min: number, max: number): number | undefined {
  if (!/^\d{1,2}$/.test(text)) return undefined;
  const number = Number(text);
  return number >= min && number <= max ? number : undefined;
}

/**
 * 0 and 7 are Sunday. So is every day with a leading zero (`02`), because the agent looks the value
 * up in a table that lacks them; observed, golden cases s750 to s759.
 */
function dayNumber(text: string): number | undefined {
  if (/^0[0-7]$/.test(text)) return 0;
  return /^[0-7]$/.test(text) ? Number(text) % 7 : undefined;
}

/** The number of a name, long or cut to three letters. */
function placeOf(text: string, names: readonly string[], from: number): number | undefined {
  const at = names.findIndex((name) => text === name || text === name.slice(0, 3));
  return at === -1 ? undefined : at + from;
}

/** The agent knows 0 to 59 and the years as steps; every other number counts as 0, so is refused. */
function stepNumber(text: string): number {
  const known = numberBetween(text, 0, 59) ?? yearField.value(text);
  return known ?? 0;
}
