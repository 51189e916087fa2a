// Go has two ideas of white space, and the agent uses both on one expression: Unicode's to count the
// fields and to trim, the regular expressions' (ASCII without the vertical tab) to take them apart.
const UNICODE_SPACE =
  "\\t\\n\\v\\f\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const ASCII_SPACE = "\\t\\n\\f\\r ";

/** `strings.Fields` */
export function unicodeWords(text: string): readonly string[] {
  return text.match(new RegExp(`[^${UNICODE_SPACE}]+`, "g")) ?? [];
}

/** `strings.TrimSpace` */
export function trimUnicode(text: string): string {
  return text.replace(new RegExp(`^[${UNICODE_SPACE}]+|[${UNICODE_SPACE}]+$`, "g"), "");
}

/** Runs of `\S` as Go's regular expressions see them. */
export function asciiWords(text: string): readonly string[] {
  return text.match(new RegExp(`[^${ASCII_SPACE}]+`, "g")) ?? [];
}
