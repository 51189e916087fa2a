/** Bytes of a text in UTF-8. A lone surrogate counts three, as its replacement would. */
export function utf8Length(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}

/** Bytes of a text after UTF-8 and Base64. */
export function encodedLength(text: string): number {
  return base64Length(utf8Length(text));
}

/** Bytes after Base64, padding included. */
export function base64Length(bytes: number): number {
  return 4 * Math.ceil(bytes / 3);
}

/** Whether a text holds half a character, which UTF-8 cannot carry. */
export function hasLoneSurrogate(text: string): boolean {
  return /[\ud800-\udfff]/u.test(text);
}
