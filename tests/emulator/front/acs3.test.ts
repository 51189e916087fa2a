import { createSecretKey } from "node:crypto";
import {
  parseAuthorization,
  signAcs3,
  unsignedHeaders,
} from "../../../emulator/src/dialect/acs3.js";
import { parsePairs } from "../../../emulator/src/dialect/percent.js";
import type { WireRequest } from "../../../emulator/src/dialect/wire.js";

// One request as @alicloud/ecs20140526 7.11.6 sent it, with keys testid/testsecret.
const QUERY =
  "ClientToken=tok-1&CommandId=c-hz000000000001&Frequency=0%20*%2F20%20*%20*%20*%20%3F" +
  "&InstanceId.1=i-bp1aaa&InstanceId.2=i-bp1bbb" +
  "&Parameters=%7B%22name%22%3A%22Jack%27s%20(x)*~!%22%2C%22empty%22%3A%22%22%2C%22n%22%3A3%2C%22uni%22%3A%22%E4%BD%A0%E5%A5%BD%22%7D" +
  "&RegionId=cn-hangzhou&Tag.1.Key=owner&Tag.1.Value=zhang%20san&TerminationMode=ProcessTree&Timed=true&Timeout=60&Username=test%20user";
const AUTHORIZATION =
  "ACS3-HMAC-SHA256 Credential=testid,SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-credentials-provider;x-acs-date;x-acs-signature-nonce;x-acs-version,Signature=11b4fa05cec775f323f18e0a6f4e39e5f7872e1c486860bffd4faef9c9298ca4";
const EMPTY_HASH = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

const WIRE: WireRequest = {
  method: "POST",
  path: "/",
  query: QUERY,
  body: Buffer.alloc(0),
  headers: {
    host: "127.0.0.1:35321",
    "x-acs-version": "2014-05-26",
    "x-acs-action": "InvokeCommand",
    "user-agent": "AlibabaCloud (linux; x64) Node.js/v20.20.2 Core/1.0.1 TeaDSL/2",
    "x-acs-date": "2026-11-24T02:13:00Z",
    "x-acs-signature-nonce": "ca6936fc905ebb3d316ef64a3f87c7cab4112bd5c6444f27c0938dc47ed1dba5",
    accept: "application/json",
    "x-acs-content-sha256": EMPTY_HASH,
    "x-acs-credentials-provider": "static_ak",
    authorization: AUTHORIZATION,
    connection: "keep-alive",
    "content-length": "0",
  },
};

const CANONICAL = [
  "POST",
  "/",
  "ClientToken=tok-1&CommandId=c-hz000000000001&Frequency=0%20%2A%2F20%20%2A%20%2A%20%2A%20%3F&InstanceId.1=i-bp1aaa&InstanceId.2=i-bp1bbb&Parameters=%7B%22name%22%3A%22Jack%27s%20%28x%29%2A~%21%22%2C%22empty%22%3A%22%22%2C%22n%22%3A3%2C%22uni%22%3A%22%E4%BD%A0%E5%A5%BD%22%7D&RegionId=cn-hangzhou&Tag.1.Key=owner&Tag.1.Value=zhang%20san&TerminationMode=ProcessTree&Timed=true&Timeout=60&Username=test%20user",
  "host:127.0.0.1:35321",
  "x-acs-action:InvokeCommand",
  `x-acs-content-sha256:${EMPTY_HASH}`,
  "x-acs-credentials-provider:static_ak",
  "x-acs-date:2026-11-24T02:13:00Z",
  "x-acs-signature-nonce:ca6936fc905ebb3d316ef64a3f87c7cab4112bd5c6444f27c0938dc47ed1dba5",
  "x-acs-version:2014-05-26",
  "",
  "host;x-acs-action;x-acs-content-sha256;x-acs-credentials-provider;x-acs-date;x-acs-signature-nonce;x-acs-version",
  EMPTY_HASH,
].join("\n");

describe("the signature of version 3", () => {
  const claim = parseAuthorization(AUTHORIZATION)!;
  const key = createSecretKey("testsecret", "utf8");
  const sign = (wire: WireRequest) =>
    signAcs3(wire, parsePairs(wire.query), claim.signedHeaders, key);

  it("of a request that the SDK sent is the one that the SDK made", () => {
    const signed = sign(WIRE);
    expect(signed.canonicalRequest).toBe(CANONICAL);
    expect(signed.signature).toBe(
      "11b4fa05cec775f323f18e0a6f4e39e5f7872e1c486860bffd4faef9c9298ca4",
    );
    expect(claim).toMatchObject({ accessKeyId: "testid", signature: signed.signature });
  });

  it("does not depend on the order or the escaping in which the query was sent", () => {
    const parts = QUERY.replaceAll("%20", "+").replaceAll("*", "%2A").split("&").reverse();
    expect(sign({ ...WIRE, query: parts.join("&") }).canonicalRequest).toBe(CANONICAL);
  });

  it("sorts by the key in code units, so that InstanceId.10 stands before InstanceId.2", () => {
    const query = "InstanceId.2=b&InstanceId.10=j&InstanceId.1=a";
    const [, , line] = sign({ ...WIRE, query }).canonicalRequest.split("\n");
    expect(line).toBe("InstanceId.1=a&InstanceId.10=j&InstanceId.2=b");
  });

  it.each([
    ["the secret", WIRE, createSecretKey("testsecreT", "utf8")],
    ["the query", { ...WIRE, query: QUERY.replace("bp1bbb", "bp1bbc") }, key],
    ["the host's port", { ...WIRE, headers: { ...WIRE.headers, host: "127.0.0.1:35322" } }, key],
    ["the body", { ...WIRE, body: Buffer.from("x") }, key],
    ["the path", { ...WIRE, path: "/x" }, key],
    ["the method", { ...WIRE, method: "GET" }, key],
  ])("is another when one byte of %s is another", (_what, wire, otherKey) => {
    const signed = signAcs3(wire, parsePairs(wire.query), claim.signedHeaders, otherKey);
    expect(signed.signature).not.toBe(claim.signature);
  });

  it("must cover host, content-type and every x-acs header that was sent", () => {
    const headers = { ...WIRE.headers, "content-type": "application/json", "x-acs-extra": "1" };
    expect(unsignedHeaders({ ...WIRE, headers }, claim)).toEqual(["content-type", "x-acs-extra"]);
    expect(unsignedHeaders(WIRE, { ...claim, signedHeaders: ["x-acs-version"] })).toContain("host");
  });
});

describe("an Authorization header", () => {
  it.each([
    "",
    "Basic abc",
    "ACS3-HMAC-SHA256",
    "ACS3-HMAC-SHA256 Credential=,SignedHeaders=host,Signature=ab",
    "ACS3-HMAC-SHA256 Credential=a,SignedHeaders=host",
    "ACS3-HMAC-SHA256 Credential=a,SignedHeaders=host,Signature=xyz",
    "ACS3-RSA-SHA256 Credential=a,SignedHeaders=host,Signature=ab",
  ])("that reads %j is none of version 3", (text) => {
    expect(parseAuthorization(text)).toBeUndefined();
  });

  it("may have spaces after its commas", () => {
    expect(
      parseAuthorization(
        "ACS3-HMAC-SHA256 Credential=a, SignedHeaders=Host;X-Acs-Date, Signature=AB",
      ),
    ).toEqual({ accessKeyId: "a", signedHeaders: ["host", "x-acs-date"], signature: "AB" });
  });
});
