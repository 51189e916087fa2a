/** What is written to a command's input, or into a file of secrets. */
import { isCredential, type Literal } from "./literal.js";

const readers =
  /\|[^|]*\b(?:chpasswd|passwd|smbpasswd|sudo\s+(?:\S+\s+)*-\w*S|su\b|cryptsetup|kinit|gpg\b.*--passphrase-fd|openssl\b.*stdin|vault\s+login|gh\s+auth\s+login|ecryptfs\S*|pass\s+insert|security\s+unlock-keychain|realm\s+join|vncpasswd|runas|adcli|net\s+ads|newusers|(?:docker|podman)\s+secret\s+create)|\|[^|]*--(?:password|passphrase)-stdin|\|[^|]*--with-token/;

const secretFiles =
  />{1,2}\s*["']?[^\s"'|;&>]*(?:\.pgpass|\.my\.cnf|passw(?:or)?d|passphrase|secret|token|\.vault_pass|credentials?|\.netrc|ipsec\.secrets|psk)[\w.-]*["']?\s*$/i;

const accountFiles = /\/etc\/(?:passwd|group|shadow)\b/;

const secured = /(?:'([^']+)'|"([^"]+)")\s*\|\s*ConvertTo-SecureString\b/i;

const printed =
  /(?:^|[;&|({]\s*|\s)(?:echo|printf|Write-Output)\s+(?:-\w+\s+)*(?:'([^']*)'|"([^"]*)"|([^\s|;&><"']+))/gi;

/** Whether a line pipes a credential, in `chpasswd`'s form or alone, to where it is used. */
export function pipesSecret(line: string): boolean {
  if (/\bchpasswd\s+(?:-\w+\s+)*(?:-e|--encrypted)/.test(line)) return false;
  const direct = secured.exec(line);
  if (direct !== null) {
    const quote = direct[1] === undefined ? '"' : "'";
    return credential(direct[1] ?? direct[2] ?? "", quote);
  }
  const reader = readers.test(line);
  if (!reader && !(secretFiles.test(line) && !accountFiles.test(line))) return hereString(line);
  const users = /chpasswd|newusers|\.pgpass/.test(line);
  for (const match of line.matchAll(printed)) {
    const single = match[1];
    const quote = single === undefined ? '"' : "'";
    const texts = printedTexts(
      single ?? match[2] ?? match[3] ?? "",
      line.slice(match.index + match[0].length),
    );
    if (texts.some((text) => isPiped(text, quote, users, reader))) return true;
  }
  return hereString(line);
}

/** Lines of a here-document that `chpasswd` reads. */
export function isUserAndPassword(line: string): boolean {
  const found = /^\s*[\w.$-]+:([^\s:]+)(?::\S*)?\s*$/.exec(line);
  return found !== null && isCredential({ text: found[1] ?? "", quote: '"' }, "certain");
}

/** The lines of a printed text; of a format, with what is put into it. */
function printedTexts(first: string, rest: string): readonly string[] {
  const values = /^[^|;&>]*/.exec(rest)?.[0] ?? "";
  const args = [...values.matchAll(/'([^']*)'|"([^"]*)"|([^\s'"]+)/g)].map(
    ([, single, double, bare]) => single ?? double ?? bare ?? "",
  );
  if (!first.includes("%s")) return first.split(/\\n|\n/);
  let next = 0;
  const filled = first.replace(/%s/g, () => args[next++] ?? "%s");
  return [...filled.split(/\\n|\n/), ...args.slice(next)];
}

function isPiped(text: string, quote: "'" | '"', users: boolean, reader: boolean): boolean {
  const pair = /^[^\s:]+:(?:.*:)?([^\s:]+)$/.exec(text.trim());
  if (users) return pair !== null && credential(pair[1] ?? "", quote);
  const alone = text.trim();
  if (/\s/.test(alone) || alone.startsWith("-")) return false;
  return credential(alone, quote) && (reader || /\d|[^A-Za-z0-9]/.test(alone));
}

function hereString(line: string): boolean {
  const found =
    /\b(chpasswd|passwd|smbpasswd|sudo\s+-S|cryptsetup|kinit|realm\s+join|vncpasswd|password-stdin|with-token|(?:tee|cat)\s[^|;<]*(?:pass|secret|token|credential)\S*)\b[^|;]*<<<\s*(?:'([^']*)'|"([^"]*)"|(\S+))/.exec(
      line,
    );
  if (found === null) return false;
  const single = found[2];
  const text = single ?? found[3] ?? found[4] ?? "";
  const value = found[1] === "chpasswd" ? text.slice(text.indexOf(":") + 1) : text;
  return credential(value, single === undefined ? '"' : "'");
}

function credential(text: string, quote: Literal["quote"]): boolean {
  return isCredential({ text, quote }, "certain");
}
