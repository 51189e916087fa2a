import { addressHoldsSecret } from "./addresses.js";
import { assignsSecret } from "./assignments.js";
import { handsOverSecret } from "./command-lines.js";
import { decodedBlobs } from "./decode.js";
import { expand } from "./expand.js";
import { hasAccessKeyId, hasAccessKeyPair, hasKnownForm } from "./known-forms.js";
import { type Line, linesOf } from "./lines.js";
import { isUserAndPassword, pipesSecret } from "./piped.js";
import { privateKeyLines } from "./private-keys.js";

/** What was found. Never the secret itself. */
export type SecretFinding = {
  /** From 1. */
  readonly line: number;
  /** For example `a private key`. */
  readonly what: string;
};

/**
 * Credentials that are written out in a script: one finding a line, in the order of lines.
 * References to what is set or looked up elsewhere, placeholders, public keys, checksums and
 * identifiers are none. A best effort by form and context: it proves nothing where it finds nothing.
 */
export function findSecrets(script: string): readonly SecretFinding[] {
  const found = new Map<number, string>();
  const add = (line: number, what: string): void => {
    if (!found.has(line)) found.set(line, what);
  };
  for (const line of privateKeyLines(script)) add(line, "a private key");
  const lines = linesOf(script);
  for (const line of [...lines, ...expand(lines)]) {
    const what = whatIsIn(line.text) ?? whatIsEncoded(line.text);
    if (what !== undefined) add(line.number, what);
  }
  for (const line of passwordLists(lines)) add(line, "a password");
  for (const line of keyPairsIn(lines)) add(line, "an access key with its secret");
  return [...found].map(([line, what]) => ({ line, what })).sort((a, b) => a.line - b.line);
}

function whatIsIn(line: string): string | undefined {
  // What the service or a template fills in is not here; what a prompt asks for is not either.
  const text = line
    .replace(/\{\{.*?\}\}/g, "{{}}")
    .replace(/\bset\s+\/[pPaA]\s.*/, "")
    .replace(/`(?=["'])|\^(?=[<>])/g, "");
  if (hasKnownForm(text)) return "an access token";
  if (hasAccessKeyPair(text)) return "an access key with its secret";
  if (addressHoldsSecret(text)) return "an address with a password";
  if (handsOverSecret(text) || pipesSecret(text)) return "a password";
  return assignsSecret(text) ? "a password or a key" : undefined;
}

function whatIsEncoded(text: string): string | undefined {
  const registry = /"auth"\s*:\s*"([A-Za-z0-9+/=]{8,})"/.exec(text)?.[1];
  if (registry !== undefined && Buffer.from(registry, "base64").includes(":")) {
    return "a password in Base64";
  }
  for (const plain of decodedBlobs(text)) {
    if (privateKeyLines(plain).length > 0) return "a private key in Base64";
    if (linesOf(plain).some((line) => whatIsIn(line.text) !== undefined))
      return "a secret in Base64";
    if (/^[\w.@-]{2,}:[^\s:]{6,}$/.test(plain)) return "a password in Base64";
  }
  return undefined;
}

/** Here-documents that `chpasswd` reads. */
function passwordLists(lines: readonly Line[]): readonly number[] {
  const found: number[] = [];
  let end: string | undefined;
  for (const { text, number } of lines) {
    if (end !== undefined && text.trim() === end) end = undefined;
    else if (end !== undefined && isUserAndPassword(text)) found.push(number);
    const start = /\b(?:chpasswd|newusers)\b(?!\s+(?:-e|--encrypted)).*<<-?\s*["']?(\w+)/.exec(
      text,
    );
    if (start !== null) end = start[1];
  }
  return found;
}

/** The id of an access key with its secret on a line near it. */
function keyPairsIn(lines: readonly Line[]): readonly number[] {
  const reach = 2;
  return lines.flatMap(({ text, number }, i) => {
    if (!hasAccessKeyId(text)) return [];
    const near = lines.slice(Math.max(0, i - reach), i + reach + 1).map((line) => line.text);
    return hasAccessKeyPair(near.join("\n")) ? [number] : [];
  });
}
