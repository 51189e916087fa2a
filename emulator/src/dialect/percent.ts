/** RFC 3986, as the service's canonical strings want it: only `A-Za-z0-9-_.~` stay. */
export function encodeRfc3986(text: string): string {
  if (UNRESERVED.test(text)) return text;
  return encodeURIComponent(text).replace(/[!'()*]/g, percentOf);
}

/** Undoes percent-encoding and, as form decoders do, turns `+` into a space. */
export function decodeForm(text: string): string {
  const spaced = text.includes("+") ? text.replaceAll("+", " ") : text;
  return spaced.includes("%") ? decodeURIComponent(spaced) : spaced;
}

export type Pair = readonly [key: string, value: string];

/** Splits a query string or a form body; keeps order and repetitions. Throws URIError on bad escapes. */
export function parsePairs(text: string): Pair[] {
  if (text === "") return [];
  const pairs: Pair[] = [];
  for (const part of text.split("&")) {
    if (part === "") continue;
    const at = part.indexOf("=");
    if (at < 0) pairs.push([decodeForm(part), ""]);
    else pairs.push([decodeForm(part.slice(0, at)), decodeForm(part.slice(at + 1))]);
  }
  return pairs;
}

const UNRESERVED = /^[A-Za-z0-9\-_.~]*$/;

function percentOf(char: string): string {
  return `%${char.charCodeAt(0).toString(16).toUpperCase()}`;
}
