/** Hash functions, handed in: the pure core loads no Node core. */
export interface Hash {
  /** SHA-256 of UTF-8 text, in lower-case hex. */
  sha256(text: string): string;
  /** scrypt of a secret with a salt, in lower-case hex: slow on purpose. */
  scrypt(secret: string, salt: string): Promise<string>;
}
