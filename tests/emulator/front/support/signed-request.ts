import { createHash, createHmac, randomUUID } from "node:crypto";
import { request as httpRequest, type IncomingHttpHeaders } from "node:http";

/** A second, independent signer: written from the description of the signature, not from ours. */
export type Keys = {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly securityToken?: string;
};

export type Ask = {
  readonly action: string;
  readonly version?: string;
  readonly params?: Record<string, string>;
  readonly form?: Record<string, string>;
  readonly date?: string;
  readonly nonce?: string;
  readonly method?: string;
  readonly path?: string;
  /** Last moment to spoil something: the headers as they will be sent. */
  readonly spoil?: (headers: Record<string, string>) => void;
};

export type Answer = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly body: Record<string, any>;
};

export function signedRequest(url: string, keys: Keys, ask: Ask): Promise<Answer> {
  const { host } = new URL(url);
  const method = ask.method ?? "POST";
  const path = ask.path ?? "/";
  const query = canonicalQuery(ask.params ?? {});
  const body = ask.form === undefined ? "" : canonicalQuery(ask.form);
  const headers: Record<string, string> = {
    host,
    "x-acs-version": ask.version ?? "2014-05-26",
    "x-acs-action": ask.action,
    "x-acs-date": ask.date ?? new Date().toISOString().replace(/\.\d+Z$/, "Z"),
    "x-acs-signature-nonce": ask.nonce ?? randomUUID(),
    "x-acs-content-sha256": sha256(body),
    ...(ask.form === undefined ? {} : { "content-type": "application/x-www-form-urlencoded" }),
    ...(keys.securityToken === undefined ? {} : { "x-acs-security-token": keys.securityToken }),
  };
  const names = Object.keys(headers).sort();
  const canonical = [
    method,
    path,
    query,
    names.map((name) => `${name}:${headers[name]}\n`).join(""),
    names.join(";"),
    sha256(body),
  ].join("\n");
  const toSign = `ACS3-HMAC-SHA256\n${sha256(canonical)}`;
  const signature = createHmac("sha256", keys.accessKeySecret).update(toSign).digest("hex");
  headers.authorization = `ACS3-HMAC-SHA256 Credential=${keys.accessKeyId},SignedHeaders=${names.join(";")},Signature=${signature}`;
  headers["user-agent"] = "front-test";
  ask.spoil?.(headers);
  return send(url, method, query === "" ? path : `${path}?${query}`, headers, body);
}

export function send(
  url: string,
  method: string,
  target: string,
  headers: Record<string, string>,
  body = "",
): Promise<Answer> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const sent = httpRequest(
      { hostname, port, method, path: target, headers, agent: false },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => {
          const text = Buffer.concat(chunks).toString("utf8");
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text,
            body: parse(text),
          });
        });
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}

export function encode(text: string): string {
  return [...Buffer.from(text, "utf8")]
    .map((byte) => {
      const char = String.fromCharCode(byte);
      return /[A-Za-z0-9\-_.~]/.test(char)
        ? char
        : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
    })
    .join("");
}

function canonicalQuery(params: Record<string, string>): string {
  return Object.keys(params)
    .sort()
    .map((key) => `${encode(key)}=${encode(params[key] ?? "")}`)
    .join("&");
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function parse(text: string): Record<string, any> {
  try {
    return JSON.parse(text) as Record<string, any>;
  } catch {
    return {};
  }
}
