/** A field of a cron expression as somebody meant it: the nearest that the agent reads. */
import {
  dayOfMonthField,
  dayOfWeekField,
  type Entry,
  type Field,
  hourField,
  lowerCase,
  minuteField,
  monthField,
  readEntries,
  secondField,
  yearField,
} from "./fields.js";

/** The fields in their order. */
export const cronFields: readonly Field[] = [
  ...[secondField, minuteField, hourField, dayOfMonthField, monthField, dayOfWeekField, yearField],
];

const dayNames = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
const monthNames = [
  ...["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"],
];

/** The field with every entry mended; the same text where nothing is wrong with it. */
export function meantField(text: string, field: Field): string {
  const entries = text.split(",").filter((entry) => entry !== "");
  const meant = entries.map((entry) => meantEntry(entry, field));
  if (meant.includes("*")) return "*";
  return meant.length === 0 ? text : meant.join(",");
}

/** The entry's range written so that it does not wrap; undefined where it does not wrap. */
export function unwrapped(text: string, field: Field): string | undefined {
  const entry = firstEntry(text, field);
  if (entry?.kind !== "range" || entry.first <= entry.last) return undefined;
  // Years do not come round again.
  if (field.name === "year") return `${entry.last}-${entry.first}`;
  const size = field.max - field.min + 1;
  const count = Math.floor((entry.last + size - entry.first) / entry.step) + 1;
  const values = Array.from(
    { length: count },
    (_, i) => field.min + ((entry.first - field.min + i * entry.step) % size),
  );
  if (values.length >= size) return "*";
  const names = /[a-z]/i.test(text);
  if (field.name === "day-of-week") return values.map((value) => dayText(value, names)).join(",");
  if (entry.step > 1) return values.map(String).join(",");
  const name = (value: number): string =>
    names && field.name === "month" ? (monthNames[value - 1] ?? String(value)) : String(value);
  const span = (from: number, to: number): string =>
    from === to ? name(from) : `${name(from)}-${name(to)}`;
  return `${span(entry.first, field.max)},${span(field.min, entry.last)}`;
}

/** Days of the week as AWS and Quartz count them, 1 for Sunday, by their names. */
export function fromSundayOne(text: string): string {
  if (/^l$/i.test(text)) return "SAT";
  return text.replace(/(^|[,-])0?([1-7])(?![0-9])/g, (_, before: string, digit: string) => {
    return before + (dayNames[Number(digit) - 1] ?? digit);
  });
}

/** The name of a day of the week, 0 for Sunday. */
export function dayName(day: number): string {
  return dayNames[day] ?? String(day);
}

function meantEntry(text: string, field: Field): string {
  const mended = meantValues(text, field);
  return unwrapped(mended, field) ?? mended;
}

/** The entry with its values mended one by one. */
function meantValues(text: string, field: Field): string {
  const lower = lowerCase(text);
  if (/^h$/.test(lower) && field.name !== "month") return String(field.min);
  if (field.name === "day-of-week" && lower === "l") return "SUN";
  if (field.name === "day-of-month" && lower === "wl") return "LW";
  const [, whole] = /^\*\/0*(\d+)$/.exec(lower) ?? [];
  // Every sixty minutes, every 24 hours: once, at the start.
  if (whole !== undefined && Number(whole) === field.max + 1 && field.min === 0) {
    return field.name === "day-of-week" ? "SUN" : "0";
  }
  return text.replace(/[a-z]+|\d+/gi, (value, at: number) => {
    const step = text[at - 1] === "/" || text[at - 1] === "#";
    return step ? value.replace(/^0+(?=\d)/, "") : meantValue(value, field);
  });
}

function meantValue(text: string, field: Field): string {
  const lower = lowerCase(text);
  if (/^\d+$/.test(text)) {
    const number = Number(text);
    if (number === field.max + 1 && field.min === 0 && field.max > 6) return "0";
    if (/^0[1-6]$/.test(text) && field.name === "day-of-week") return dayName(number);
    return text.length > 2 && text.startsWith("0") ? String(number) : text;
  }
  if (field.value(lower) !== undefined || lower.length < 4) return text;
  // TUES, THURS, SEPT: names of three letters or whole ones are known.
  const short = lower.slice(0, 3);
  const known = field.value(short) !== undefined && /^(?:tues|weds|thurs?|sept)$/.test(lower);
  return known ? short.toUpperCase() : text;
}

function dayText(day: number, names: boolean): string {
  return names ? dayName(day) : String(day === 0 ? 7 : day);
}

function firstEntry(text: string, field: Field): Entry | undefined {
  const entries = readEntries(text, field);
  return "refused" in entries ? undefined : entries[0];
}
