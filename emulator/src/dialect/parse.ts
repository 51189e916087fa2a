import { ACS3, parseAuthorization, type Acs3Claim } from "./acs3.js";
import { parsePairs, type Pair } from "./percent.js";
import { header, type WireRequest } from "./wire.js";

/** How a request is signed. What a later dialect brings is one more member here. */
export type Proof =
  | { readonly kind: "acs3"; readonly claim: Acs3Claim; readonly queryPairs: readonly Pair[] }
  /** An Authorization header that says ACS3 and is not well formed. */
  | { readonly kind: "malformed"; readonly given: string }
  /** The old RPC signature in query or form: HMAC-SHA1 over the parameters. */
  | { readonly kind: "rpc-v1"; readonly accessKeyId: string }
  | { readonly kind: "none" };

/** What a request asks, wherever its parts were: query, form body or headers. */
export type ParsedCall = {
  readonly action: string;
  readonly version: string;
  readonly params: Readonly<Record<string, string>>;
  readonly proof: Proof;
  readonly date: string | undefined;
  readonly nonce: string | undefined;
  readonly securityToken: string | undefined;
};

export type ParseResult =
  | { readonly ok: true; readonly call: ParsedCall }
  | { readonly ok: false; readonly problem: string };

/** Merges query, form body and headers. Believes nothing: the signature is checked later. */
export function parseCall(wire: WireRequest): ParseResult {
  let queryPairs: Pair[];
  let formPairs: Pair[];
  try {
    queryPairs = parsePairs(wire.query);
    formPairs = isForm(wire) ? parsePairs(wire.body.toString("utf8")) : [];
  } catch {
    return { ok: false, problem: "The query or the form body has a broken percent escape." };
  }
  const all = new Map<string, string>();
  for (const [key, value] of queryPairs) if (!all.has(key)) all.set(key, value);
  for (const [key, value] of formPairs) if (!all.has(key)) all.set(key, value);

  const params: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [key, value] of all) if (!SYSTEM_PARAMETERS.has(key)) params[key] = value;
  const proof = proofOf(wire, all, queryPairs);
  return {
    ok: true,
    call: {
      action: either(wire, "x-acs-action", all.get("Action")) ?? "",
      version: either(wire, "x-acs-version", all.get("Version")) ?? "",
      params,
      proof,
      date: either(wire, "x-acs-date", all.get("Timestamp")),
      nonce: either(wire, "x-acs-signature-nonce", all.get("SignatureNonce")),
      securityToken: either(wire, "x-acs-security-token", all.get("SecurityToken")),
    },
  };
}

/** Parameters of the protocol, in either spelling; what is left belongs to the action. */
const SYSTEM_PARAMETERS: ReadonlySet<string> = new Set([
  "Action",
  "Version",
  "Format",
  "AccessKeyId",
  "Signature",
  "SignatureMethod",
  "SignatureType",
  "SignatureVersion",
  "SignatureNonce",
  "SecurityToken",
  "Timestamp",
]);

function either(
  wire: WireRequest,
  headerName: string,
  parameter: string | undefined,
): string | undefined {
  const sent = header(wire.headers, headerName);
  return sent === undefined || sent === "" ? parameter : sent;
}

function isForm(wire: WireRequest): boolean {
  if (wire.body.length === 0) return false;
  const type = header(wire.headers, "content-type");
  return type === undefined || type.startsWith("application/x-www-form-urlencoded");
}

function proofOf(
  wire: WireRequest,
  all: ReadonlyMap<string, string>,
  queryPairs: readonly Pair[],
): Proof {
  const authorization = header(wire.headers, "authorization");
  if (authorization !== undefined && authorization.startsWith(ACS3)) {
    const claim = parseAuthorization(authorization);
    return claim === undefined
      ? { kind: "malformed", given: authorization }
      : { kind: "acs3", claim, queryPairs };
  }
  if (all.has("Signature") || all.has("SignatureMethod")) {
    return { kind: "rpc-v1", accessKeyId: all.get("AccessKeyId") ?? "" };
  }
  return authorization === undefined
    ? { kind: "none" }
    : { kind: "malformed", given: authorization };
}
