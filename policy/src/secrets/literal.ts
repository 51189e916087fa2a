/** Whether a value is written out, and looks like a credential rather than like a word. */

/** A value as it stands in a script. */
export type Literal = {
  readonly text: string;
  readonly quote: "'" | '"' | "";
};

/** How sure the place is that a credential stands there. */
export type Place =
  /** Nothing else can stand there: the value of `--password`, what `chpasswd` reads. */
  | "certain"
  /** A name says so: `DB_PASSWORD=…`. */
  | "named"
  /** A name says so, in a form that prose has too: `password: …`. */
  | "prose";

/** Reads the value that begins at `index`: quoted, or up to a blank or what ends a word. */
export function literalAt(line: string, index: number): Literal {
  const rest = line.slice(index);
  const first = rest.charAt(0) === "$" && rest.charAt(1) === "'" ? rest.slice(1) : rest;
  const inner = /^\\(["'])(.*?)\\\1/.exec(first);
  if (inner !== null) return { text: inner[2] ?? "", quote: '"' };
  const quote = first.charAt(0);
  if (quote === "'" || quote === '"') {
    const end = closing(first, quote);
    if (end !== -1) return { text: first.slice(1, end), quote };
  }
  return { text: (/^[^\s'"`;|&<>),}]*/.exec(first)?.[0] ?? "").replace(/\\[nr]$/, ""), quote: "" };
}

/** Whether a value is a credential that stands in the text. */
export function isCredential(value: Literal, place: Place): boolean {
  const { text } = value;
  if (text.length < 4 || text.length > 2000 || !isWrittenOut(value)) return false;
  if (isPlaceholder(text, place) || isAddress(text) || isPattern(text) || isCode(value))
    return false;
  switch (place) {
    case "certain":
      return !/\s/.test(text) || value.quote !== "";
    case "named":
      return !/\s{2}|^\s|\s$/.test(text) && !isStopWord(text);
    case "prose":
      return !/\s/.test(text) && !isStopWord(text) && text.length >= 6 && isVaried(text);
  }
}

/** Letters and digits mixed, or signs among them, as people's words are not. */
export function isVaried(text: string): boolean {
  const digit = /\d/.test(text);
  const letter = /[A-Za-z]/.test(text);
  const sign = /[^A-Za-z0-9\s._/-]/.test(text);
  const inner = /[a-z][A-Z]/.test(text);
  return letter && (digit || sign || inner);
}

/** Long, and of small and capital letters and digits, as generated keys are. */
export function isRandom(text: string): boolean {
  if (text.length < 20 || !/^[A-Za-z0-9+/_=.~-]+$/.test(text)) return false;
  return /[a-z]/.test(text) && /[A-Z]/.test(text) && /\d/.test(text) && changes(text) >= 8;
}

/** A name made of words: `db-password`, `prod/api_token`. */
export function isIdentifier(text: string): boolean {
  return /^[A-Za-z][a-z]*\d{0,3}(?:[-_./](?:[a-z]+\d{0,3}|v?\d{1,4}))+$/.test(text);
}

function closing(text: string, quote: string): number {
  for (let i = 1; i < text.length; i++) {
    if (text.charAt(i) === "\\" && quote === '"') i++;
    else if (text.charAt(i) === quote) return i;
  }
  return -1;
}

/** Not a reference to something that is set, looked up or filled in elsewhere. */
function isWrittenOut({ text, quote }: Literal): boolean {
  if (/\{\{|\$\{\{|<%|%\{|#\{|`/.test(text)) return false;
  if (/^["']?\$\{?[\w:.]+\}?["']?$|^\$\(/.test(text)) return false;
  if (quote !== "'" && /\$[A-Za-z_{(@*#?!0-9]/.test(text)) return false;
  if (/%[A-Za-z_]\w*%|![A-Za-z_]\w*!|%%?~?[A-Za-z0-9]$/.test(text)) return false;
  return !/%[-\d]*s|^[@(<[]|^\{[0-9]\}/.test(text);
}

const placeholders =
  /x{4,}|\*{3,}|\.{3}|…|your|(?:change|replace|fill|insert|update|edit)[-_ ]?(?:me|this|it)|example|placeholder|redacted|masked|_here$|^(?:my|some|the|a|new|old)[-_ ]?(?:password|passwd|secret|token|key|value)$|dummy|^(?:todo|fixme|tbd|n\/a|foo|bar|baz|foobar|sample)$/i;

function isPlaceholder(text: string, place: Place): boolean {
  if (/^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$/.test(text)) return true;
  if (/^[A-Z]{3,}$/.test(text)) return true;
  if (/^(.)\1*$/.test(text) || /^__\w+__$|^@\w+@$/.test(text)) return true;
  // A machine whose password is set to "changeme" has that password.
  if (place === "certain" && /^change[-_]?me\W*\d*$/i.test(text)) return false;
  return placeholders.test(text);
}

/** Where a secret lies, not the secret: a path, an address, an entry of a store. */
function isAddress(text: string): boolean {
  if (/^(?:~|\.{0,2}\/|[A-Za-z]:[\\/]|\\\\)/.test(text)) return !isRandom(text);
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return true;
  if (
    /^(?:vault|ssm|op|kms|arn|acs|sops|akv|keyvault|secretsmanager|projects|env|file|fd|ref\+\w+|oos|oos-secret|cert|hklm|hkcu|env):/i.test(
      text,
    )
  )
    return true;
  return /\.(?:pem|key|crt|cer|p12|pfx|jks|txt|json|ya?ml|conf|cnf|ini|env|pass|gpg|asc|pub|list|log)$/i.test(
    text,
  );
}

/** A pattern to search with, not what it finds. */
function isPattern(text: string): boolean {
  return /\.\*|\.\+|\[\^|\[0-9|\[A-Z|\[a-z|\[\[:|\\[sSwWdDb(1]|\(\?|^\^|\$\//.test(text);
}

/** An expression of a programming language. */
function isCode({ text, quote }: Literal): boolean {
  if (quote !== "") return false;
  return /^[A-Za-z_][\w.:]*\(|^[a-z_]+(?:\.[a-z_]+)+$|^[A-Za-z_][\w.]*\[|^(?:id|source|src|type|name|env)=|^(?:new|await|function|lambda|return)$/.test(
    text,
  );
}

const stopWords = new Set(
  `none null nil undefined true false yes no on off required optional disabled enabled prompt ask
  files compat systemd winbind stdin file auto default empty changed rotated expired locked unlocked
  removed missing valid invalid incorrect wrong password passwd pass secret token string text plain
  plaintext never always prohibit-password without-password sufficient requisite include sha512 sha256
  sha1 md5 bcrypt yescrypt scrypt scram-sha-256 aes256 aes-256-cbc rsa ed25519 base64 utf-8 utf8 hex
  json yaml unset reset check error failed success updated accepted ignored found unknown unchanged
  generated created deleted stored saved read write login basic bearer oauth oauth2 kerberos ldap
  local trust peer ident reject cert shadow nopasswd account session auth policy`.split(/\s+/),
);

function isStopWord(text: string): boolean {
  return stopWords.has(text.toLowerCase().replace(/[.:!?]+$/, ""));
}

/** How often the kind of character changes from one to the next. */
function changes(text: string): number {
  const kind = (c: string): number =>
    /[a-z]/.test(c) ? 0 : /[A-Z]/.test(c) ? 1 : /\d/.test(c) ? 2 : 3;
  let count = 0;
  for (let i = 1; i < text.length; i++)
    if (kind(text.charAt(i)) !== kind(text.charAt(i - 1))) count++;
  return count;
}
