import { randomUUID } from "node:crypto";
import type { Random } from "../faults/seeded-random.js";

/** Request ids as the service writes them: a UUID in capitals. With a seed they are always the same. */
export function requestIds(random: Random | undefined): () => string {
  if (random === undefined) return () => randomUUID().toUpperCase();
  const hex = (digits: number): string =>
    Math.floor(random() * 16 ** digits)
      .toString(16)
      .padStart(digits, "0");
  return () =>
    `${hex(8)}-${hex(4)}-4${hex(3)}-${(8 + Math.floor(random() * 4)).toString(16)}${hex(3)}-${hex(12)}`.toUpperCase();
}
