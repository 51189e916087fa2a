import { redactor } from "./redact.js";

/** The secret values that a process has come to know, of all its resources. */
export interface SecretBook {
  add(values: readonly string[]): void;
  /** Takes them out of text; values of fewer than six characters stay. */
  redact(text: string): string;
  /** Whether the whole of a text is one of them, however short. */
  has(text: string): boolean;
}

export function createSecretBook(): SecretBook {
  const known = new Set<string>();
  let redact: ((text: string) => string) | undefined;
  return {
    add(values) {
      for (const value of values) {
        if (value === "" || known.has(value)) continue;
        known.add(value);
        redact = undefined;
      }
    },
    redact: (text) => (redact ??= redactor([...known]))(text),
    has: (text) => known.has(text),
  };
}
