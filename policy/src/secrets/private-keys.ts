// The armour, and behind it at least one line of the key itself: a pattern that searches for keys
// has the first and not the second.
const armour =
  /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----(?:\s|\\n|\\r|["'`^+]|>{1,2}\s*\S+|echo\b)*(?:(?:Proc-Type|DEK-Info|Version|Comment):[^\n]*(?:\n|\\n)\s*)*[A-Za-z0-9+/]{30,}/g;
const putty = /^PuTTY-User-Key-File-\d: /gm;
const wireguard = /^\s*(?:PrivateKey|PresharedKey)\s*=\s*[A-Za-z0-9+/]{43}=/gm;

/** Lines, from 1, on which a private key begins. */
export function privateKeyLines(text: string): readonly number[] {
  return [armour, putty, wireguard].flatMap((form) =>
    [...text.matchAll(form)].map(({ index }) => text.slice(0, index).split("\n").length),
  );
}
