import type { KeyObject } from "node:crypto";
import { signAcs3, unsignedHeaders } from "../dialect/acs3.js";
import type { ParsedCall } from "../dialect/parse.js";
import type { WireRequest } from "../dialect/wire.js";
import type { Refusal } from "./refusal.js";

export type SignatureCheck =
  | { readonly ok: true }
  | {
      readonly ok: false;
      readonly refusal: Refusal;
      /** What we signed, for the request log: the quickest way to see what a client did otherwise. */
      readonly signed?: { readonly stringToSign: string; readonly canonicalRequest: string };
    };

/** Signs the request with the account's own secret and compares. */
export function checkSignature(
  wire: WireRequest,
  call: ParsedCall,
  key: KeyObject,
): SignatureCheck {
  if (call.proof.kind !== "acs3") return { ok: false, refusal: incomplete("not signed") };
  const { claim, queryPairs } = call.proof;
  const missing = unsignedHeaders(wire, claim);
  if (missing.length > 0) {
    return { ok: false, refusal: incomplete(`not in SignedHeaders: ${missing.join(", ")}`) };
  }
  const { signature, ...signed } = signAcs3(wire, queryPairs, claim.signedHeaders, key);
  if (signature === claim.signature.toLowerCase()) return { ok: true };
  return {
    ok: false,
    signed,
    refusal: {
      status: 400,
      // Status and wording as clients quote them of signature version 3.
      code: "SignatureDoesNotMatch",
      message:
        "Specified signature does not match our calculation. " +
        `server StringToSign is [${signed.stringToSign}] ` +
        `server CanonicalRequest is [${signed.canonicalRequest}]`,
    },
  };
}

function incomplete(why: string): Refusal {
  return {
    status: 400,
    code: "IncompleteSignature",
    message: `The request signature does not conform to Aliyun standards: ${why}.`,
  };
}
