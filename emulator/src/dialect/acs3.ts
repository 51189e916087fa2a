import { createHash, createHmac, type KeyObject } from "node:crypto";
import { encodeRfc3986, type Pair } from "./percent.js";
import { header, type WireRequest } from "./wire.js";

export const ACS3 = "ACS3-HMAC-SHA256";

/** What the Authorization header claims. */
export type Acs3Claim = {
  readonly accessKeyId: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
};

export type Acs3Signature = {
  readonly canonicalRequest: string;
  readonly stringToSign: string;
  readonly signature: string;
};

/** Reads `ACS3-HMAC-SHA256 Credential=…,SignedHeaders=…,Signature=…`; undefined if it is not that. */
export function parseAuthorization(authorization: string): Acs3Claim | undefined {
  const found = AUTHORIZATION.exec(authorization);
  if (found === null) return undefined;
  const [, accessKeyId = "", signedHeaders = "", signature = ""] = found;
  return { accessKeyId, signedHeaders: signedHeaders.toLowerCase().split(";"), signature };
}

/**
 * Headers that the service wants signed and the client left out: host, content-type when sent, and
 * every x-acs-*. Source: the service's description of signature version 3.
 */
export function unsignedHeaders(wire: WireRequest, claim: Acs3Claim): string[] {
  const missing: string[] = [];
  for (const name in wire.headers) {
    if (mustBeSigned(name) && !claim.signedHeaders.includes(name)) missing.push(name);
  }
  return missing;
}

/** Signs the request as the client should have: decoded and encoded again, with the body's own hash. */
export function signAcs3(
  wire: WireRequest,
  queryPairs: readonly Pair[],
  signedHeaders: readonly string[],
  key: KeyObject,
): Acs3Signature {
  const canonicalRequest =
    `${wire.method}\n${canonicalPath(wire.path)}\n${canonicalQuery(queryPairs)}\n` +
    `${canonicalHeaders(wire, signedHeaders)}\n${signedHeaders.join(";")}\n${bodyHash(wire.body)}`;
  const stringToSign = `${ACS3}\n${sha256(canonicalRequest)}`;
  const signature = createHmac("sha256", key).update(stringToSign).digest("hex");
  return { canonicalRequest, stringToSign, signature };
}

const AUTHORIZATION =
  /^ACS3-HMAC-SHA256\s+Credential=([^,\s]+)\s*,\s*SignedHeaders=([^,\s]+)\s*,\s*Signature=([0-9a-fA-F]+)\s*$/;
const EMPTY_BODY_HASH = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

function mustBeSigned(name: string): boolean {
  return name.startsWith("x-acs-") || name === "host" || name === "content-type";
}

function canonicalPath(path: string): string {
  return path.replaceAll("+", "%20").replaceAll("*", "%2A").replaceAll("%7E", "~");
}

// Sorted by the key before encoding, in plain code units: InstanceId.10 before InstanceId.2.
function canonicalQuery(pairs: readonly Pair[]): string {
  const sorted = [...pairs].sort(byKeyThenValue);
  let text = "";
  for (const [key, value] of sorted) {
    if (text !== "") text += "&";
    text += `${encodeRfc3986(key)}=${encodeRfc3986(value)}`;
  }
  return text;
}

function byKeyThenValue(a: Pair, b: Pair): number {
  if (a[0] !== b[0]) return a[0] < b[0] ? -1 : 1;
  return a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : 0;
}

function canonicalHeaders(wire: WireRequest, names: readonly string[]): string {
  let text = "";
  for (const name of names) text += `${name}:${(header(wire.headers, name) ?? "").trim()}\n`;
  return text;
}

function bodyHash(body: Buffer): string {
  return body.length === 0 ? EMPTY_BODY_HASH : sha256(body);
}

function sha256(data: string | Buffer): string {
  return createHash("sha256").update(data).digest("hex");
}
