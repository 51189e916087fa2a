import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Account } from "./gates/credentials.js";

/** Of the account that is there when none is given. */
export const DEFAULT_ACCOUNT_ID = "1000000000000001";
export const DEFAULT_ACCESS_KEY_ID = "emulator";

/**
 * The secret of the default account. It is random, since who has it can run commands on this
 * machine; a data folder keeps it, so that clients go on working after a restart.
 */
export function defaultSecret(data: string | undefined): string {
  if (data === undefined) return randomSecret();
  const file = join(data, "access-key-secret");
  const kept = readKept(file);
  if (kept !== undefined) return kept;
  const secret = randomSecret();
  writeFileSync(file, `${secret}\n`, { mode: 0o600 });
  return secret;
}

export function defaultAccount(accessKeySecret: string): Account {
  const accountId = DEFAULT_ACCOUNT_ID;
  return { accountId, accessKeyId: DEFAULT_ACCESS_KEY_ID, accessKeySecret };
}

function randomSecret(): string {
  return randomBytes(15).toString("hex");
}

function readKept(file: string): string | undefined {
  try {
    const text = readFileSync(file, "utf8").trim();
    return text === "" ? undefined : text;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
