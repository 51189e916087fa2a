/** What a name says about the value that it stands for. */
export type SecretName =
  | "password"
  /** A password, or what passes: `pass`. */
  | "pass"
  /** A number to unlock with, or a contact of a board: `pin`. */
  | "pin"
  | "token"
  | "key";

/**
 * The kind of secret that a variable, a flag or a setting of this name holds; `undefined` for names
 * of anything else, and for names of what only belongs to a secret (`PASSWORD_FILE`, `tokenTtl`).
 */
export function secretName(name: string): SecretName | undefined {
  const all = wordsOf(name);
  const words = withoutQualifiers(all);
  const last = words[words.length - 1];
  const before = words[words.length - 2] ?? "";
  if (last === undefined || notSecret.has(last)) return undefined;
  if (last === "pin") return "pin";
  // `pass_old` alone may well count something; `DB_PASS_OLD` does not.
  if (last === "pass") return words.length < all.length && before === "" ? "token" : "pass";
  if (isPassword(last)) return "password";
  if (/(?:secret|token|apikey|accesskey|secretkey|authkey|credentials?)$/.test(last))
    return "token";
  if (last === "key")
    return keyBefore.has(before) ? "token" : publicBefore.has(before) ? undefined : "key";
  if (last === "psk" || last === "bearer") return "token";
  if (last === "auth" && /^redis(?:cli)?$/.test(before)) return "password";
  return undefined;
}

/** Behind a name: which of several it is. It stands for the same kind of value without. */
const qualifiers = new Set(
  `prod production prd preprod stage staging stg dev devel development test testing qa uat live demo
  old new current cur previous prev next original orig temporary temp tmp primary main secondary`.split(
    /\s+/,
  ),
);

function withoutQualifiers(words: readonly string[]): readonly string[] {
  let end = words.length;
  while (end > 1 && qualifiers.has(words[end - 1] ?? "")) end -= 1;
  // Rails names it so; the base of other keys is none.
  if (words.slice(0, end).join(" ").endsWith("secret key base")) end -= 1;
  return words.slice(0, end);
}

const notSecret = new Set(["nopasswd", "bypass", "compass", "encompass", "trespass", "tokens"]);

function isPassword(word: string): boolean {
  return (
    /(?:password|passwd|passphrase|passwort)$/.test(word) ||
    /^(?:pwd|pw|psw|passcode)$/.test(word) ||
    /^(?:db|my|mysql|sql|pg|root|user|admin|adm|bind|svc|redis|smtp|imap|mail|ldap|ftp|app|web|key|trust|key?store|ssh|vpn|wifi|ssl|master)(?:pass|pwd|pw)$/.test(
      word,
    ) ||
    word === "requirepass" ||
    word === "masterauth"
  );
}

const keyBefore = new Set(
  `api access secret private account signing sign encryption encrypt crypt cipher shared auth master
  storage service app client consumer session jwt hmac aes sas subscription function`.split(/\s+/),
);

const publicBefore = new Set(
  `public pub host ssh gpg pgp apt rpm primary foreign partition sort hot registry cache ca tls ssl
  recv recipient fingerprint parent sub log trusted known idempotency hash object file`.split(
    /\s+/,
  ),
);

/** `dbPassword`, `DB_PASSWORD`, `db.password` and `--db-password` have the same words. */
function wordsOf(name: string): readonly string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word !== "");
}
