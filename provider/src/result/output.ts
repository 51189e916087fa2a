/**
 * The tail of what a target printed, as text that JSON can hold: bytes that are not UTF-8 become
 * U+FFFD, and nothing else is lost.
 *
 * @param maxBytes bytes kept; a character that the cut would split is left out
 */
export function tailText(bytes: Uint8Array, maxBytes: number): string {
  if (maxBytes <= 0) return "";
  let start = Math.max(0, bytes.length - maxBytes);
  // Bytes 10xxxxxx continue a character: a tail must not begin inside one.
  if (start > 0) {
    for (let skipped = 0; skipped < 3 && ((bytes[start] ?? 0) & 0xc0) === 0x80; skipped += 1)
      start += 1;
  }
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes.subarray(start));
}

/**
 * Makes what a target printed harmless where we print it: no control characters, nothing that a CI
 * runner would obey, and no fence that would end a Markdown block. Each is torn, not indented:
 * GitHub's runner takes `::name::` behind white space too, it and Azure's take `##[` and `##vso[`
 * in mid-line, and up to three blanks may stand before a fence.
 */
export function harmless(text: string): string {
  return text
    .replace(/\r\n?/g, "\n")
    .split("\n")
    .map((line) =>
      line

        .replace(/\u001b\[[0-9;?]*[ -/]*[@-~]/g, "")

        .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029]/g, "\ufffd")
        .replace(/^(\s*):(?=:)/, "$1: ")
        .replace(/^(\s*)([`~])(?=\2\2)/, "$1$2 ")
        .replace(/::(?=[a-z][\w-]*(?:::| [\w-]+=.*::))/gi, ": :")
        .replace(/##(?=[\w.-]*\[)/g, "# #"),
    )
    .join("\n");
}

/** The last lines that say something, at most `most`. */
export function lastLines(text: string, most: number): readonly string[] {
  return harmless(text)
    .split("\n")
    .map((line) => line.trimEnd())
    .filter((line) => line !== "")
    .slice(-most)
    .map((line) => (line.length > 200 ? `…${line.slice(-199)}` : line));
}
