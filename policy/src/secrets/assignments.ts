/** `NAME=value`, `name: value`, `--name value`: what a name says of its value. */
import {
  isCredential,
  isIdentifier,
  isRandom,
  isVaried,
  type Literal,
  literalAt,
  type Place,
} from "./literal.js";
import { secretName, type SecretName } from "./names.js";

// Two hyphens begin a name and end one: else each name of `a--a--a` would be read to the end of the line.
const assigned =
  /(?<![\w.]|[\w.]-)(?:\$\{?(?:\w{1,10}:)?)?([A-Za-z_](?:[\w.]|-(?!-))*)(?:\\?["'\]]){0,2}\s*(?:(?:=>|:=|==?)|(:))\s*/g;
const flagged = /(?:^|[\s"'(])(?:--?|\/)([A-Za-z][\w.-]*)(?:\s+|:)(?=[^\s-])/g;
const told =
  /\b(?:set|put|add)\s+(?:--?[\w-]+(?:[= ][^\s-]\S*)?\s+)*["']?(?:[\w.:/@-]*[/:.])?([\w-]+)["']?\s+(?=\S)/gi;
const registered = /(?:-Name\s+|\/v\s+)["']?([\w.-]+)["']?\s[^|;]*?(?:-Value\s+|\/d\s+)(?=\S)/gi;
const tagged = /<([\w.-]+)>(?=[^<\s])/g;
const environment = /\bsetx\s+["']?([\w.-]+)["']?\s+(?=\S)/gi;
const spaced =
  /\b(requirepass|masterauth|bindpw|rootpw|bind_password|(?<=login\s+\S{1,80}\s)password)\s+(?=\S)/gi;
const attribute = /\b(?:key|name)=["']([\w.-]+)["']\s+value=(?=["'])/gi;
// A line of .netrc that has nothing else.
const lone = /^\s*(password)\s+(?=\S+\s*$)/g;
const defaulted = /\$\{([A-Za-z_]\w*):?[-=]([^}]*)\}/g;
const paired = /\(\s*["']([\w.-]+)["']\s*,\s*(?=["'])/g;

/** Whether a line gives a credential to a name that stands for one. */
export function assignsSecret(line: string): boolean {
  return (
    each(line, assigned, (m) => (m[2] === ":" ? placeByColon(line, m.index ?? 0) : "named")) ||
    each(line, flagged, () => "certain") ||
    each(line, told, () => "named") ||
    each(line, spaced, () => "certain") ||
    each(line, attribute, () => "named") ||
    each(line, lone, () => "prose") ||
    each(line, paired, () => "named") ||
    each(line, registered, () => "named") ||
    each(line, environment, () => "named") ||
    each(line, tagged, () => "named") ||
    defaultsToSecret(line)
  );
}

/** Whether a value that is given under a name is a credential. */
export function isSecretValue(name: string, value: string): boolean {
  const kind = secretName(name);
  return kind !== undefined && fits({ text: value, quote: "'" }, kind, "named");
}

/** `name: value`; but in `test ? name : value` there is no value of that name. */
function placeByColon(line: string, index: number): Place | undefined {
  return /\?\s*$/.test(line.slice(Math.max(0, index - 4), index)) ? undefined : "prose";
}

function each(
  line: string,
  form: RegExp,
  placeOf: (match: RegExpMatchArray) => Place | undefined,
): boolean {
  for (const match of line.matchAll(form)) {
    const name = match[1] ?? "";
    const kind = secretName(name);
    if (kind === undefined) continue;
    const end = match.index + match[0].length;
    const value = literalAt(line, end);
    // In PowerShell and PHP a text is quoted; what is not is a command.
    if (match[0].startsWith("$") && value.quote === "") continue;
    const place = placeOf(match);
    if (place !== undefined && fits(value, kind, place)) return true;
  }
  return false;
}

/** `${DB_PASS:-value}`: what is used when nothing is set is a value as well. */
function defaultsToSecret(line: string): boolean {
  for (const match of line.matchAll(defaulted)) {
    const before = /([A-Za-z_][\w.-]*)=["']?$/.exec(line.slice(0, match.index))?.[1] ?? "";
    const kind = secretName(match[1] ?? "") ?? secretName(before);
    const value: Literal = { text: (match[2] ?? "").replace(/^["']|["']$/g, ""), quote: "" };
    if (kind !== undefined && fits(value, kind, "named")) return true;
  }
  return false;
}

function fits(value: Literal, kind: SecretName, place: Place): boolean {
  if (!isCredential(value, place)) return false;
  switch (kind) {
    case "password":
      return true;
    case "pass":
      // How many of them, and the names of what has passed: `PASS: test_login_1`.
      return (
        !/^pass[-_]?\d{1,2}$|^(?:[a-z]+[-_]?)?\d{1,3}[-_]?of[-_]?\d{1,3}$/i.test(value.text) &&
        (place !== "prose" || !isIdentifier(value.text))
      );
    case "pin":
      return !/^[a-z]{1,5}\d{1,2}$|^(?:gpio|bcm|P\d)[-_.]?\d{1,2}$/i.test(value.text);
    case "token":
      return value.text.length >= 8 && isVaried(value.text) && !isIdentifier(value.text);
    case "key":
      return (
        isRandom(value.text) &&
        !/^[0-9a-fA-F-]+$/.test(value.text) &&
        !/^(?:ssh-|ecdsa-|AAAA)/.test(value.text)
      );
  }
}
