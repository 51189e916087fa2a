/** What a script says in code: Base64, and texts that are put together from parts. */

const decoders: readonly RegExp[] = [
  /(?:\[[\w.]*Encoding\]::\w+\.GetString\(\s*)?\[(?:System\.)?Convert\]::FromBase64String\(\s*["']?([A-Za-z0-9+/=]{8,})["']?\s*\)\s*\)?/gi,
  /\$\(\s*(?:echo|printf)\s+(?:-\w+\s+)*["']?([A-Za-z0-9+/=]{8,})["']?\s*\|\s*(?:base64\s+(?:-d|-D|--decode)|openssl\s+(?:base64|enc\s+-base64)\s+-d(?:\s+-A)?)\s*\)/g,
  /\$\(\s*base64\s+(?:-d|-D|--decode)\s*<<<\s*["']?([A-Za-z0-9+/=]{8,})["']?\s*\)/g,
  /`\s*echo\s+["']?([A-Za-z0-9+/=]{8,})["']?\s*\|\s*base64\s+(?:-d|-D|--decode)\s*`/g,
];

const hexadecimal =
  /\$\(\s*(?:echo|printf)\s+(?:-\w+\s+)*["']?([0-9a-fA-F]{8,})["']?\s*\|\s*xxd\s+(?:-r\s+-p|-p\s+-r|-rp|-pr)\s*\)/g;
const rotated =
  /\$\(\s*(?:echo|printf)\s+(?:-\w+\s+)*["']?([^\s"'|$]+)["']?\s*\|\s*tr\s+["']?(?:A-Za-z|a-zA-Z)["']?\s+["']?(?:N-ZA-Mn-za-m|n-za-mN-ZA-M)["']?\s*\)/g;
const escaped =
  /\$\(\s*printf\s+["']((?:\\x[0-9a-fA-F]{2}|\\[0-7]{3}|[\w!#-])+)["']\s*\)|\$'((?:\\x[0-9a-fA-F]{2}|\\[0-7]{3}|[\w!#-])+)'/g;
const reversed = /\$\(\s*(?:echo|printf)\s+["']?([^\s"'|$]+)["']?\s*\|\s*rev\s*\)/g;
const blob = /[A-Za-z0-9+/]{24,}={0,2}/g;

/** A line with what it decodes put in its place, as a quoted text, and its parts joined. */
export function decoded(line: string): string {
  let text = line;
  for (const form of decoders) {
    text = text.replace(form, (whole, code: string) => {
      const plain = fromBase64(code);
      return plain === undefined ? whole : `'${plain}'`;
    });
  }
  text = text.replace(reversed, (_, word: string) => `'${Array.from(word).reverse().join("")}'`);
  text = text
    .replace(hexadecimal, (_, code: string) => `'${Buffer.from(code, "hex").toString("latin1")}'`)
    .replace(rotated, (_, word: string) => `'${word.replace(/[A-Za-z]/g, thirteenOn)}'`)
    .replace(
      escaped,
      (_, a: string | undefined, b: string | undefined) => `'${unescaped(a ?? b ?? "")}'`,
    );
  return text.replace(/["']\s*\+\s*["']/g, "");
}

/** The texts that stand in a line in Base64, whatever they are for. */
export function decodedBlobs(line: string): readonly string[] {
  return (line.match(blob) ?? [])
    .map(fromBase64)
    .filter((text) => text !== undefined)
    .filter((text) => text.length >= 12);
}

function thirteenOn(letter: string): string {
  const base = letter <= "Z" ? 65 : 97;
  return String.fromCharCode(((letter.charCodeAt(0) - base + 13) % 26) + base);
}

function unescaped(text: string): string {
  return text
    .replace(/\\x([0-9a-fA-F]{2})/g, (_, code: string) => String.fromCharCode(parseInt(code, 16)))
    .replace(/\\([0-7]{3})/g, (_, code: string) => String.fromCharCode(parseInt(code, 8)));
}

/** Printable text behind Base64, in UTF-8 or in the two-byte form of Windows. */
function fromBase64(code: string): string | undefined {
  if (code.replace(/=+$/, "").length % 4 === 1) return undefined;
  const bytes = Buffer.from(code, "base64");
  const wide = bytes.length % 2 === 0 && bytes.every((byte, i) => i % 2 === 0 || byte === 0);
  const text = bytes.toString(wide ? "utf16le" : "utf8");
  return /^[\t\n\r\x20-\x7e]{4,}$/.test(text) ? text : undefined;
}
