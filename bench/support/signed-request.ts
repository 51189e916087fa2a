import { createHash, createHmac } from "node:crypto";
import type { Keys } from "./emulator-process.js";

export type Ask = {
  readonly action: string;
  readonly params: Readonly<Record<string, string>>;
  /** Different for each request. */
  readonly nonce: string;
};

/**
 * A whole request as it goes over the wire, signed as Alibaba Cloud's SDKs sign (ACS3-HMAC-SHA256,
 * parameters in the query, no body).
 */
export function signedRequest(keys: Keys, { action, params, nonce }: Ask): Buffer {
  const query = Object.keys(params)
    .sort()
    .map((key) => `${encoded(key)}=${encoded(params[key]!)}`)
    .join("&");
  const headers: Readonly<Record<string, string>> = {
    host: new URL(keys.url).host,
    "x-acs-action": action,
    "x-acs-content-sha256": sha256(""),
    "x-acs-date": new Date().toISOString().replace(/\.\d+Z$/, "Z"),
    "x-acs-signature-nonce": nonce,
    "x-acs-version": "2014-05-26",
  };
  const names = Object.keys(headers).sort();
  const text = canonicalRequest("POST", query, names, (name) => headers[name]!);
  const signature = signatureOf(text, keys.accessKeySecret);
  const authorization = `ACS3-HMAC-SHA256 Credential=${keys.accessKeyId},SignedHeaders=${names.join(";")},Signature=${signature}`;
  const lines = [
    `POST /?${query} HTTP/1.1`,
    ...names.map((name) => `${name}: ${headers[name]!}`),
    `authorization: ${authorization}`,
    "content-length: 0",
  ];
  return Buffer.from(`${lines.join("\r\n")}\r\n\r\n`);
}

/** What both sides sign. There is no body here, and the path is `/`. */
export function canonicalRequest(
  method: string,
  sortedQuery: string,
  names: readonly string[],
  header: (name: string) => string,
): string {
  const lines = names.map((name) => `${name}:${header(name)}\n`).join("");
  return `${method}\n/\n${sortedQuery}\n${lines}\n${names.join(";")}\n${sha256("")}`;
}

export function signatureOf(canonical: string, secret: string): string {
  const toSign = `ACS3-HMAC-SHA256\n${sha256(canonical)}`;
  return createHmac("sha256", secret).update(toSign).digest("hex");
}

/** As RFC 3986 has it: encodeURIComponent leaves five characters more. */
export function encoded(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
