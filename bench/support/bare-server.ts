/**
 * The least that a server of signed requests does: reads the query, verifies the signature, and
 * answers a fixed body. It remembers nothing and decides nothing.
 */
import { timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { canonicalRequest, encoded, signatureOf } from "./signed-request.js";

const { BENCH_ACCESS_KEY_SECRET: secret = "", BENCH_ANSWER_BYTES = "100" } = process.env;
const answer = JSON.stringify({ RequestId: "x".repeat(Number(BENCH_ANSWER_BYTES) - 16) });

const server = createServer((request, response) => {
  const status = isSigned(request) ? 200 : 403;
  response.writeHead(status, {
    "content-type": "application/json;charset=utf-8",
    "content-length": Buffer.byteLength(answer),
  });
  response.end(answer);
});
server.listen(0, "127.0.0.1", () => {
  process.send!({ port: (server.address() as AddressInfo).port });
});
process.once("disconnect", () => process.exit(0));

function isSigned(request: IncomingMessage): boolean {
  const { headers, method = "", url = "" } = request;
  const claim = /SignedHeaders=([^,]+),Signature=([0-9a-f]{64})$/.exec(headers.authorization ?? "");
  if (claim === null) return false;
  const [, names = "", signature = ""] = claim;
  const pairs = [...new URLSearchParams(url.slice(url.indexOf("?") + 1))];
  const query = pairs
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${encoded(key)}=${encoded(value)}`)
    .join("&");
  const text = canonicalRequest(method, query, names.split(";"), (name) =>
    String(headers[name] ?? ""),
  );
  return timingSafeEqual(Buffer.from(signatureOf(text, secret)), Buffer.from(signature));
}
