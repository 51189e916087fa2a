/** The zone that somebody meant who wrote a name the agent does not know. */
import { zoneNames } from "./zone.js";

const utcWords = /^(?:utc|gmt|ut|uct|z|zulu|universal|greenwich|gmt[+-]?0|utc[+-]?0)$/i;
const ownWords = /^(?:local|localtime|system|machine|default)$/i;

/** Abbreviations and names without an area. Two where the abbreviation is used for both. */
const abbreviations: Readonly<Record<string, readonly string[]>> = {
  cst: ["Asia/Shanghai", "America/Chicago"],
  prc: ["Asia/Shanghai"],
  china: ["Asia/Shanghai"],
  hongkong: ["Asia/Hong_Kong"],
  hkt: ["Asia/Hong_Kong"],
  roc: ["Asia/Taipei"],
  rok: ["Asia/Seoul"],
  kst: ["Asia/Seoul"],
  japan: ["Asia/Tokyo"],
  jst: ["Asia/Tokyo"],
  sgt: ["Asia/Singapore"],
  ist: ["Asia/Kolkata", "Europe/Dublin", "Asia/Jerusalem"],
  est: ["America/New_York"],
  edt: ["America/New_York"],
  est5edt: ["America/New_York"],
  cdt: ["America/Chicago"],
  cst6cdt: ["America/Chicago"],
  mst: ["America/Denver"],
  mdt: ["America/Denver"],
  mst7mdt: ["America/Denver"],
  pst: ["America/Los_Angeles"],
  pdt: ["America/Los_Angeles"],
  pst8pdt: ["America/Los_Angeles"],
  hst: ["Pacific/Honolulu"],
  gb: ["Europe/London"],
  bst: ["Europe/London"],
  wet: ["Europe/Lisbon"],
  cet: ["Europe/Berlin", "Europe/Paris"],
  cest: ["Europe/Berlin", "Europe/Paris"],
  met: ["Europe/Berlin"],
  eet: ["Europe/Athens"],
  msk: ["Europe/Moscow"],
  turkey: ["Europe/Istanbul"],
  aest: ["Australia/Sydney"],
  aedt: ["Australia/Sydney"],
  nz: ["Pacific/Auckland"],
};

/** Cities that people name and the tz database does not. */
const cities: Readonly<Record<string, string>> = {
  "Asia/Shanghai":
    "beijing peking shenzhen guangzhou hangzhou qingdao zhangjiakou hohhot ulanqab chengdu nanjing fuzhou wuhan heyuan",
  "Asia/Kolkata": "mumbai delhi new_delhi bangalore bengaluru chennai",
  "America/New_York": "boston washington virginia miami atlanta",
  "America/Los_Angeles": "san_francisco seattle silicon_valley san_jose",
  "Europe/Berlin": "frankfurt munich hamburg",
};

/** The right spellings, the likeliest first; empty where nothing is near. */
export function meantZones(text: string): readonly string[] {
  const plain = text.trim();
  if (plain === "") return [];
  if (utcWords.test(plain)) return ["UTC"];
  if (ownWords.test(plain)) return ["instance"];
  const offset = meantOffset(plain);
  if (offset !== undefined) return [offset];

  const name = plain
    .replace(/\s+/g, "_")
    .replace(/^(?:posix|right)\//, "")
    .toLowerCase();
  const names = [...zoneNames()];
  const exact = names.find((known) => known.toLowerCase() === name);
  if (exact !== undefined) return [exact];
  if (Object.hasOwn(abbreviations, name)) return abbreviations[name] ?? [];
  const city = lastPart(name);
  const near = Object.entries(cities).find(([, list]) => list.split(" ").includes(city));
  if (near !== undefined) return [near[0]];
  const sameCity = names.filter((other) => lastPart(other.toLowerCase()) === city);
  return sameCity.length > 0 ? sameCity.slice(0, 3) : misspelt(name, names);
}

/** `+08:00`, `UTC+8`, `GMT+08` as the service spells them: `GMT+8:00`. */
function meantOffset(text: string): string | undefined {
  const [, sign, hours, minutes = "00"] =
    /^(?:utc|gmt)?\s*([+-])\s*(\d{1,2})(?::?([0-5]\d))?$/i.exec(text) ?? [];
  if (sign === undefined || hours === undefined) return undefined;
  const meant = `GMT${sign}${Number(hours)}:${minutes}`;
  return isOffsetName(meant) ? meant : undefined;
}

/** Whether the service takes the text for a fixed offset: GMT-12:59 to GMT+14:59. */
export function isOffsetName(text: string): boolean {
  return /^GMT(?:\+(?:\d|1[0-4])|-(?:\d|1[0-2])):[0-5]\d$/.test(text);
}

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1);
}

/** Names at most two slips away. */
function misspelt(name: string, names: readonly string[]): readonly string[] {
  const rated = names
    .filter((other) => Math.abs(other.length - name.length) <= 2)
    .map((other) => ({ other, slips: distance(name, other.toLowerCase()) }))
    .filter(({ slips }) => slips <= 2)
    .sort((a, b) => a.slips - b.slips);
  return rated
    .filter(({ slips }) => slips === rated[0]?.slips)
    .map(({ other }) => other)
    .slice(0, 3);
}

/** Letters to add, drop or change, to make one of the other. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
