/**
 * Lines of JSON that prove themselves: each object ends in a `crc` over everything before it, so
 * that a damaged line is told from a good one and the file stays readable to any JSON tool.
 */
export function checkedLine(value: Readonly<Record<string, unknown>>): string {
  const json = JSON.stringify(value);
  const body = json.slice(0, -1);
  return `${body}${body === "{" ? "" : ","}"crc":"${checksum(body)}"}\n`;
}

/** The object of a line without its line end, or why it cannot be believed. */
export function readCheckedLine(
  line: string,
): { readonly value: Record<string, unknown> } | { readonly problem: string } {
  const found = CRC.exec(line);
  if (found === null) return { problem: "it does not end in a checksum" };
  const body = line.slice(0, found.index);
  if (checksum(body) !== found[1]) return { problem: "its checksum is not that of its text" };
  try {
    return { value: JSON.parse(line) as Record<string, unknown> };
  } catch {
    return { problem: "it is not JSON" };
  }
}

const CRC = /,?"crc":"([0-9a-f]{8})"\}$/;

function checksum(text: string): string {
  let crc = 0xffffffff;
  for (const byte of Buffer.from(text, "utf8")) {
    crc = (TABLE[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  }
  return ((crc ^ 0xffffffff) >>> 0).toString(16).padStart(8, "0");
}

/** CRC-32 as in zip and gzip. Node brings its own only from 20.15 on. */
const TABLE: readonly number[] = Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit += 1) {
    value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  }
  return value >>> 0;
});
