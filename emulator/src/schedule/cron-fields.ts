/** One of the seven fields of a cron expression, as the agent's parser sees it. */
export type FieldRule = {
  /** As its error texts call it. */
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** What counts as a value, lower case, for the inside of a regular expression. */
  readonly pattern: string;
  /** A value's number. Called with matches of `pattern` only. */
  readonly value: (text: string) => number;
};

/** One entry of a field's comma list. */
export type Entry =
  | { readonly kind: "all" }
  /** A span with `first > last` is empty: ranges do not wrap. */
  | { readonly kind: "span"; readonly first: number; readonly last: number; readonly step: number }
  /** Nothing that every field knows: `L`, `15W`, `5#2`, or nonsense. As written. */
  | { readonly kind: "other"; readonly text: string };

export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  /** `problem` is the text that the agent reports. */
  | { readonly ok: false; readonly problem: string };

const MONTHS =
  "january february march april may june july august september october november december";
const DAYS = "sunday monday tuesday wednesday thursday friday saturday";
const monthNumbers = nameNumbers(MONTHS, 1);
const dayNumbers = nameNumbers(DAYS, 0);

const UNDER_60 = "0?[0-9]|[1-5][0-9]";

export const SECOND: FieldRule = plain("second", 0, 59, UNDER_60);
export const MINUTE: FieldRule = plain("minute", 0, 59, UNDER_60);
export const HOUR: FieldRule = plain("hour", 0, 23, "0?[0-9]|1[0-9]|2[0-3]");
export const DAY_OF_MONTH: FieldRule = plain("day-of-month", 1, 31, "0?[1-9]|[12][0-9]|3[01]");
export const YEAR: FieldRule = plain("year", 1970, 2099, "19[789][0-9]|20[0-9]{2}");

export const MONTH: FieldRule = {
  ...plain("month", 1, 12, `0?[1-9]|1[012]|${[...monthNumbers.keys()].join("|")}`),
  value: (text) => monthNumbers.get(text) ?? Number(text),
};

export const DAY_OF_WEEK: FieldRule = {
  ...plain("day-of-week", 0, 6, `0?[0-7]|${[...dayNumbers.keys()].join("|")}`),
  // 7 is Sunday. So is every number with a leading zero: the agent has no entry for it in its table.
  value: (text) => dayNumbers.get(text) ?? (/^[1-6]$/.test(text) ? Number(text) : 0),
};

/**
 * Reads a field's comma list. Empty entries are passed over; at least one must be left. An interval
 * that is out of bounds is the only thing found wrong here: what `other` means, the field decides.
 */
export function readEntries(field: string, rule: FieldRule): Parsed<readonly Entry[]> {
  const texts = field.split(",").filter((text) => text !== "");
  if (texts.length === 0) return { ok: false, problem: `${rule.name} field: missing directive` };
  const entry = new RegExp(`^(?:(\\*)|(${rule.pattern})(?:-(${rule.pattern}))?)(?:/(\\d+))?$`);
  const entries: Entry[] = [];
  for (const text of texts) {
    const lower = text.toLowerCase();
    const found = entry.exec(lower);
    if (lower === "*" || lower === "?") entries.push({ kind: "all" });
    else if (found === null) entries.push({ kind: "other", text });
    else {
      const step = found[4] === undefined ? 1 : tableNumber(found[4]);
      if (step < 1 || step > rule.max) return { ok: false, problem: `invalid interval ${lower}` };
      entries.push({ ...bounds(found, rule), kind: "span", step });
    }
  }
  return { ok: true, value: entries };
}

/**
 * A field of values alone: sorted, without doubles. A wildcard anywhere makes it complete, and what
 * stands behind it is not looked at.
 */
export function readValues(field: string, rule: FieldRule): Parsed<readonly number[]> {
  const entries = readEntries(field, rule);
  if (!entries.ok) return entries;
  const values = new Set<number>();
  for (const entry of entries.value) {
    if (entry.kind === "all") return { ok: true, value: everyValue(rule) };
    if (entry.kind === "other") return syntaxError(rule, entry.text);
    addSpan(values, entry);
  }
  return { ok: true, value: [...values].sort((a, b) => a - b) };
}

export function addSpan(values: Set<number>, span: Extract<Entry, { kind: "span" }>): void {
  for (let value = span.first; value <= span.last; value += span.step) values.add(value);
}

export function syntaxError(rule: FieldRule, text: string): { ok: false; problem: string } {
  return { ok: false, problem: `syntax error in ${rule.name} field: '${text}'` };
}

function everyValue(rule: FieldRule): readonly number[] {
  return Array.from({ length: rule.max - rule.min + 1 }, (_, index) => rule.min + index);
}

function bounds(found: RegExpExecArray, rule: FieldRule): { first: number; last: number } {
  const [, wildcard, from, to, step] = found;
  if (wildcard !== undefined || from === undefined) return { first: rule.min, last: rule.max };
  const first = rule.value(from);
  if (to !== undefined) return { first, last: rule.value(to) };
  return { first, last: step === undefined ? first : rule.max };
}

/**
 * The agent reads numbers from a table: 0 to 59, with or without one leading zero, and 1970 to 2099.
 * Anything else is 0, so a step of 60 is as invalid in the year field as in any other.
 */
function tableNumber(digits: string): number {
  const value = Number(digits);
  const inTable = digits.length <= 2 ? value <= 59 : /^(19[789]|20[0-9])[0-9]$/.test(digits);
  return inTable ? value : 0;
}

function plain(name: string, min: number, max: number, pattern: string): FieldRule {
  return { name, min, max, pattern, value: Number };
}

/** Names, long and in three letters, with their numbers. */
function nameNumbers(names: string, first: number): ReadonlyMap<string, number> {
  return new Map(
    names.split(" ").flatMap((name, index): [string, number][] => [
      [name, first + index],
      [name.slice(0, 3), first + index],
    ]),
  );
}
