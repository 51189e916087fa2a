import { createHash, scrypt } from "node:crypto";
import type { Hash } from "../plan/hash.js";

/** The hash functions of the core, by Node. */
export const nodeHash: Hash = {
  sha256: (text) => createHash("sha256").update(text, "utf8").digest("hex"),
  scrypt: (secret, salt) =>
    new Promise((resolve, reject) => {
      scrypt(secret, salt, 32, (error, key) => {
        if (error === null) resolve(key.toString("hex"));
        else reject(error);
      });
    }),
};
