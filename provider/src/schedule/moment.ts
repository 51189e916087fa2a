/** A moment as a program writes it: ISO 8601 with an offset. */

export type Moment = {
  /** Since 1970. */
  readonly seconds: number;
  /** What the service cannot take: it counts whole seconds. */
  readonly fraction: boolean;
};

const form =
  /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(Z|[+-](?:[01]\d|2[0-3]):?[0-5]\d)$/;

/** Reads a moment; undefined where it is none, or has no offset. */
export function readMoment(text: string): Moment | undefined {
  const [, year, month, day, hour, minute, second = "0", fraction = "", zone = "Z"] =
    form.exec(text) ?? [];
  if (year === undefined) return undefined;
  const parts = [
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
  ] as const;
  const local = new Date(0);
  local.setUTCFullYear(parts[0], parts[1], parts[2]);
  local.setUTCHours(parts[3], parts[4], Number(second));
  const exists =
    local.getUTCMonth() === parts[1] &&
    local.getUTCDate() === parts[2] &&
    local.getUTCHours() === parts[3] &&
    local.getUTCMinutes() === parts[4] &&
    local.getUTCSeconds() === Number(second);
  if (!exists) return undefined;
  return { seconds: local.getTime() / 1000 - offsetOf(zone), fraction: /[1-9]/.test(fraction) };
}

/** Whether the text has the form of a moment, be there such a day or not. */
export function looksLikeMoment(text: string): boolean {
  return form.test(text);
}

function offsetOf(zone: string): number {
  if (zone === "Z") return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return (zone.startsWith("-") ? -minutes : minutes) * 60;
}
