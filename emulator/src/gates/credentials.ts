import { createSecretKey, type KeyObject } from "node:crypto";
import type { ParsedCall } from "../dialect/parse.js";
import { missingParameter, notImplemented, type Refusal } from "./refusal.js";

/** Someone who may call. With `securityToken` the keys are temporary ones (STS). */
export type Account = {
  readonly accountId: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly securityToken?: string;
};

/** The accounts by access key, with their secrets ready for signing. */
export type KeyRing = ReadonlyMap<string, { readonly account: Account; readonly key: KeyObject }>;

export function keyRing(accounts: readonly Account[]): KeyRing {
  return new Map(
    accounts.map((account) => [
      account.accessKeyId,
      { account, key: createSecretKey(account.accessKeySecret, "utf8") },
    ]),
  );
}

export type CredentialCheck =
  | { readonly ok: true; readonly account: Account; readonly key: KeyObject }
  | { readonly ok: false; readonly refusal: Refusal };

/** Finds whose key it is. What the signature says is the next gate's business. */
export function checkCredentials(call: ParsedCall, ring: KeyRing): CredentialCheck {
  const { proof } = call;
  switch (proof.kind) {
    case "none":
      return refuse(missingParameter("AccessKeyId"));
    case "malformed":
      return refuse({
        status: 400,
        code: "IncompleteSignature",
        message:
          "The request signature does not conform to Aliyun standards. Expected: " +
          "ACS3-HMAC-SHA256 Credential=<AccessKeyId>,SignedHeaders=<a;b>,Signature=<hex>.",
      });
    case "rpc-v1":
      return refuse(notImplemented("the old RPC signature (HMAC-SHA1); use ACS3-HMAC-SHA256"));
    case "acs3": {
      const found = ring.get(proof.claim.accessKeyId);
      if (found === undefined) return refuse(UNKNOWN_KEY);
      const token = checkSecurityToken(found.account, call.securityToken);
      return token === undefined ? { ok: true, ...found } : refuse(token);
    }
  }
}

/** What a client hears when its temporary keys have run out. */
export const EXPIRED_TOKEN: Refusal = {
  status: 400,
  code: "InvalidSecurityToken.Expired",
  message: "Specified SecurityToken is expired.",
};

const UNKNOWN_KEY: Refusal = {
  // 404 is what clients report; the documentation's general page says 400.
  status: 404,
  code: "InvalidAccessKeyId.NotFound",
  message: "Specified access key is not found.",
};

function checkSecurityToken(account: Account, given: string | undefined): Refusal | undefined {
  if (account.securityToken === undefined) {
    return given === undefined || given === "" ? undefined : MISMATCHED_TOKEN;
  }
  if (given === undefined || given === "") {
    return {
      status: 400,
      code: "MissingSecurityToken",
      message: "SecurityToken is mandatory for this action.",
    };
  }
  return given === account.securityToken ? undefined : MISMATCHED_TOKEN;
}

const MISMATCHED_TOKEN: Refusal = {
  status: 400,
  code: "InvalidSecurityToken.MismatchWithAccessKey",
  message: "Specified SecurityToken mismatch with the AccessKey.",
};

function refuse(refusal: Refusal): CredentialCheck {
  return { ok: false, refusal };
}
