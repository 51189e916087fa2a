import { randomUUID } from "node:crypto";
import type { Emulator } from "cloud-assistant-emulator";
import { closeEmulators, emulator, runCommand } from "./support/emulators.js";
import { send, signedRequest, type Answer, type Ask } from "./support/signed-request.js";

afterEach(closeEmulators);

const ask = (to: Emulator, what: Ask, keys = {}): Promise<Answer> =>
  signedRequest(
    to.url,
    { accessKeyId: to.accessKeyId, accessKeySecret: to.accessKeySecret, ...keys },
    what,
  );

const lastEntry = (of: Emulator) => of.requests.list().at(-1)!;

const regions: Ask = { action: "DescribeRegions" };
const ago = (ms: number) => new Date(Date.now() - ms).toISOString().replace(/\.\d+Z$/, "Z");

describe("a request that is in order", () => {
  it("is logged with the beginning of a user agent that goes on and on", async () => {
    const it = await emulator();
    const spoil = (headers: Record<string, string>) => {
      headers["user-agent"] = `agent/${"1".repeat(100_000)}`;
    };
    expect((await ask(it, { ...regions, spoil })).status).toBe(200);
    expect(lastEntry(it).userAgent).toBe(`agent/${"1".repeat(294)}`);
  });

  it("is answered by the service, and the log says so", async () => {
    const it = await emulator({ instances: 1 });
    const [instance] = it.instances.list();
    const answer = await ask(it, runCommand(instance!.instanceId));
    expect(answer.status).toBe(200);
    expect(answer.body.InvokeId).toMatch(/^t-/);
    expect(answer.headers["x-acs-request-id"]).toBe(answer.body.RequestId);
    expect(lastEntry(it)).toMatchObject({
      seq: 1,
      action: "RunCommand",
      accountId: it.accountId,
      regionId: "cn-hangzhou",
      dialect: "acs3",
      status: 200,
      committed: true,
      invokeId: answer.body.InvokeId,
      requestId: answer.body.RequestId,
      userAgent: "front-test",
    });
    expect(lastEntry(it).durationMs).toBeGreaterThan(0);
  });

  it.each(["/", "/any/path", "/2014-05-26"])("may be sent to the path %s", async (path) => {
    const it = await emulator();
    expect((await ask(it, { ...regions, path })).status).toBe(200);
  });

  it("may carry its parameters in a form body", async () => {
    const it = await emulator({ instances: 1 });
    const { params } = runCommand(it.instances.list()[0]!.instanceId);
    const answer = await ask(it, { action: "RunCommand", form: params });
    expect(answer.body.InvokeId).toMatch(/^t-/);
    expect(lastEntry(it).params).toMatchObject({ Type: "RunShellScript" });
  });

  it("may be split between query and form body, with the action in the query", async () => {
    const it = await emulator({ instances: 1 });
    const { params } = runCommand(it.instances.list()[0]!.instanceId);
    const { RegionId, ...form } = params as Record<string, string>;
    const answer = await ask(it, {
      action: "",
      params: { Action: "RunCommand", RegionId: RegionId! },
      form,
      spoil: () => undefined,
    });
    // An empty x-acs-action is still a header that says nothing.
    expect(answer.body.InvokeId).toMatch(/^t-/);
    expect(lastEntry(it)).toMatchObject({ action: "RunCommand", status: 200 });
    expect(lastEntry(it).params).not.toHaveProperty("Action");
  });

  it("may be as long as a whole command in the URL makes it", async () => {
    const it = await emulator({ instances: 1 });
    const more = { CommandContent: "+/+/".repeat(6_000), ContentEncoding: "Base64" };
    const what = runCommand(it.instances.list()[0]!.instanceId, more);
    const answer = await ask(it, what);
    expect(encodeURIComponent(more.CommandContent).length).toBeGreaterThan(36_000);
    expect(answer.status).toBe(200);
    expect(lastEntry(it).params.CommandContent).toBe(more.CommandContent);
  });

  it("with a header block above 256 KiB gets an error that is JSON", async () => {
    const it = await emulator();
    const answer = await send(it.url, "POST", `/?a=${"x".repeat(300_000)}`, {});
    expect(answer.status).toBe(431);
    expect(answer.body.Code).toBe("RequestHeaderTooLarge");
  });
});

describe("the gates", () => {
  const refusals: readonly (readonly [string, Ask, number, string])[] = [
    ["no action", { action: "" }, 400, "MissingParameter"],
    ["no version", { action: "DescribeRegions", version: "" }, 400, "MissingParameter"],
    ["a version that there is not", { ...regions, version: "2020-01-01" }, 400, "InvalidVersion"],
    ["an action that there is not", { action: "FlyToTheMoon" }, 404, "InvalidAction.NotFound"],
    [
      "an action of another version",
      { ...regions, version: "2015-04-01" },
      404,
      "InvalidAction.NotFound",
    ],
    [
      "a date before the window",
      { ...regions, date: ago(16 * 60_000) },
      400,
      "InvalidTimeStamp.Expired",
    ],
    [
      "a date after the window",
      { ...regions, date: ago(-16 * 60_000) },
      400,
      "InvalidTimeStamp.Expired",
    ],
    ["a date that is none", { ...regions, date: "yesterday" }, 400, "InvalidTimeStamp.Format"],
    [
      "a date without its zone",
      { ...regions, date: "2026-11-24T02:13:00" },
      400,
      "InvalidTimeStamp.Format",
    ],
    ["no nonce", { ...regions, nonce: "" }, 400, "MissingParameter"],
  ];
  it.each(refusals)("turn away a request with %s", async (_what, what, status, code) => {
    const it = await emulator();
    const answer = await ask(it, what);
    expect(answer).toMatchObject({ status, body: { Code: code } });
    expect(lastEntry(it)).toMatchObject({ status, code, committed: false });
  });

  it.each([14, -14])("take a date %i minutes old", async (minutes) => {
    const it = await emulator();
    expect((await ask(it, { ...regions, date: ago(minutes * 60_000) })).status).toBe(200);
  });

  it("judge dates by the machine's clock, whatever the virtual one says", async () => {
    const it = await emulator({ clock: { mode: "virtual", now: "2026-03-01T00:00:00Z" } });
    expect((await ask(it, regions)).status).toBe(200);
    const answer = await ask(it, { ...regions, date: "2026-03-01T00:00:00Z" });
    expect(answer.body.Code).toBe("InvalidTimeStamp.Expired");
    expect(lastEntry(it).time).toBe("2026-03-01T00:00:00.000Z");
  });

  it("take a nonce once for each key", async () => {
    const accounts = ["a", "b"].map((id) => ({
      accountId: id,
      accessKeyId: `key-${id}`,
      accessKeySecret: `secret-${id}`,
    }));
    const it = await emulator({ accounts });
    const nonce = randomUUID();
    const [a, b] = accounts;
    expect((await ask(it, { ...regions, nonce }, a)).status).toBe(200);
    expect((await ask(it, { ...regions, nonce }, b)).status).toBe(200);
    const again = await ask(it, { ...regions, nonce }, a);
    expect(again).toMatchObject({ status: 400, body: { Code: "SignatureNonceUsed" } });
  });

  it("turn away a key that nobody has, before they look at the signature", async () => {
    const it = await emulator();
    const answer = await ask(it, regions, { accessKeyId: "nobody", accessKeySecret: "x" });
    expect(answer).toMatchObject({ status: 404, body: { Code: "InvalidAccessKeyId.NotFound" } });
    expect(lastEntry(it)).toMatchObject({ accountId: "", code: "InvalidAccessKeyId.NotFound" });
  });

  it("turn away a secret with one other byte, and log what they signed", async () => {
    const it = await emulator();
    const wrong = it.accessKeySecret.replace(/.$/, (last) => (last === "0" ? "1" : "0"));
    const answer = await ask(it, regions, { accessKeySecret: wrong });
    expect(answer).toMatchObject({ status: 400, body: { Code: "SignatureDoesNotMatch" } });
    const entry = lastEntry(it);
    expect(entry.stringToSign).toMatch(/^ACS3-HMAC-SHA256\n[0-9a-f]{64}$/);
    expect(answer.body.Message).toBe(
      "Specified signature does not match our calculation. " +
        `server StringToSign is [${entry.stringToSign}] ` +
        `server CanonicalRequest is [${entry.canonicalRequest}]`,
    );
    expect(entry.canonicalRequest).toContain("x-acs-action:DescribeRegions\n");
    expect(entry.canonicalRequest).not.toContain(it.accessKeySecret);
  });

  it.each([
    [
      "a header that was signed",
      (h: Record<string, string>) => (h["x-acs-version"] = "2014-05-26 "),
    ],
    ["the nonce", (h: Record<string, string>) => (h["x-acs-signature-nonce"] = "0")],
  ])("turn away a change of %s after the signing", async (what, change) => {
    const it = await emulator();
    const answer = await ask(it, { ...regions, spoil: change });
    // Blanks around a header's value are not part of it.
    const expected = what === "the nonce" ? "SignatureDoesNotMatch" : undefined;
    expect(answer.body.Code).toBe(expected);
  });

  it("want every x-acs header signed", async () => {
    const it = await emulator();
    const answer = await ask(it, { ...regions, spoil: (h) => (h["x-acs-late"] = "1") });
    expect(answer).toMatchObject({ status: 400, body: { Code: "IncompleteSignature" } });
    expect(answer.body.Message).toContain("x-acs-late");
  });

  it("turn away a request without a signature", async () => {
    const it = await emulator();
    const spoil = (headers: Record<string, string>) => {
      delete headers.authorization;
    };
    const answer = await ask(it, { ...regions, spoil });
    expect(answer).toMatchObject({ status: 400, body: { Code: "MissingParameter" } });
    expect(answer.body.Message).toContain("AccessKeyId");
  });

  it("turn away an Authorization header of another kind", async () => {
    const it = await emulator();
    const answer = await ask(it, { ...regions, spoil: (h) => (h.authorization = "Basic eDp5") });
    expect(answer).toMatchObject({ status: 400, body: { Code: "IncompleteSignature" } });
  });

  it("say that the old signature is not implemented, naming the emulator", async () => {
    const it = await emulator();
    const query =
      "Action=DescribeRegions&Version=2014-05-26&Format=JSON&AccessKeyId=x&SignatureMethod=HMAC-SHA1" +
      "&SignatureVersion=1.0&SignatureNonce=1&Timestamp=2026-11-24T02%3A13%3A00Z&Signature=abc%3D";
    const answer = await send(it.url, "GET", `/?${query}`, {});
    expect(answer).toMatchObject({ status: 501, body: { Code: "Emulator.NotImplemented" } });
    expect(answer.body.Message).toMatch(/cloud-assistant-emulator.*old RPC signature/);
    expect(lastEntry(it)).toMatchObject({ dialect: "rpc-v1", action: "DescribeRegions" });
  });

  it("turn away a broken percent escape", async () => {
    const it = await emulator();
    const answer = await send(it.url, "POST", "/?RegionId=%zz", { "x-acs-action": "A" });
    expect(answer).toMatchObject({ status: 400, body: { Code: "InvalidParameter" } });
  });

  it("turn away pages of other sites, even with a right signature", async () => {
    const it = await emulator();
    const origin = "https://example.com";
    const answer = await ask(it, { ...regions, spoil: (h) => (h.origin = origin) });
    expect(answer).toMatchObject({ status: 403, body: { Code: "Forbidden" } });
    expect(answer.body.Message).toContain(origin);
  });

  it("stand in the service's order: each is asked only when the one before it let through", async () => {
    const it = await emulator({ limits: { throttle: { perMinute: 0 } } });
    it.faults.add({ match: { action: "DescribeRegions" }, effect: { kind: "http5xx" } });
    const old = ago(3_600_000);
    const nobody = { accessKeyId: "nobody" };
    const wrong = { accessKeySecret: "wrong" };
    const codeOf = async (what: Ask, keys = {}) => (await ask(it, what, keys)).body.Code;
    expect(await codeOf({ action: "Nope", date: old }, nobody)).toBe("InvalidAction.NotFound");
    expect(await codeOf({ ...regions, date: old }, nobody)).toBe("InvalidAccessKeyId.NotFound");
    expect(await codeOf({ ...regions, date: old }, wrong)).toBe("SignatureDoesNotMatch");
    expect(await codeOf({ ...regions, date: old })).toBe("InvalidTimeStamp.Expired");
    expect(await codeOf(regions)).toBe("Throttling.User");
    it.limits.set({ throttle: {} });
    expect(await codeOf(regions)).toBe("ServiceUnavailable");
    it.faults.clear();
    expect(await codeOf(regions)).toBeUndefined();
  });
});

describe("every refusal", () => {
  it("has the service's shape", async () => {
    const it = await emulator();
    const answer = await ask(it, { action: "Nope" });
    const { host } = new URL(it.url);
    expect(answer.headers["content-type"]).toBe("application/json;charset=utf-8");
    expect(answer.body).toEqual({
      RequestId: expect.stringMatching(/^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$/),
      HostId: host,
      Code: "InvalidAction.NotFound",
      Message: expect.stringContaining("cloud-assistant-emulator knows no action Nope"),
      Recommend: `https://api.aliyun.com/troubleshoot?q=InvalidAction.NotFound&product=Ecs&requestId=${answer.body.RequestId}`,
    });
  });

  it("of the service itself names the host that was asked, too", async () => {
    const it = await emulator();
    const answer = await ask(it, {
      action: "DeleteCommand",
      params: { RegionId: "cn-hangzhou", CommandId: "c-none" },
    });
    expect(answer).toMatchObject({
      status: 404,
      body: { Code: "InvalidCmdId.NotFound", HostId: new URL(it.url).host },
    });
  });
});

describe("an action that this emulator does not serve yet", () => {
  it("answers an error that says so, never an empty success", async () => {
    const it = await emulator();
    const answer = await ask(it, { action: "SendFile" });
    expect(answer).toMatchObject({ status: 501, body: { Code: "Emulator.NotImplemented" } });
    expect(answer.body.Message).toMatch(/cloud-assistant-emulator.*SendFile/);
  });
});

describe("a request without RegionId", () => {
  it("is refused by the actions that need one", async () => {
    const it = await emulator();
    const codeOf = async (action: string, params = {}) => (await ask(it, { action, params })).body;
    expect(await codeOf("DescribeCommands")).toMatchObject({ Code: "MissingParameter" });
    expect((await codeOf("DescribeCommands")).Message).toContain("RegionId");
    expect(await codeOf("DescribeAccountAttributes")).toMatchObject({ Code: "Invalid.Parameter" });
  });

  it("is served in the emulator's own region by those that take none", async () => {
    const it = await emulator({ instances: 1, regionId: "eu-central-1" });
    const [instance] = it.instances.list();
    const params = { InstanceId: instance!.instanceId };
    expect((await ask(it, { action: "RebootInstance", params })).status).toBe(200);
    expect(lastEntry(it).regionId).toBe("eu-central-1");
  });
});

describe("temporary keys", () => {
  const sts = {
    accountId: "1",
    accessKeyId: "STS.key",
    accessKeySecret: "secret",
    securityToken: "token/+=",
  };

  it("are accepted with their token", async () => {
    const it = await emulator({ accounts: [sts] });
    const who: Ask = { action: "GetCallerIdentity", version: "2015-04-01" };
    const answer = await ask(it, who, sts);
    expect(answer).toMatchObject({ status: 200, body: { AccountId: "1" } });
    expect(JSON.stringify(it.requests.list())).not.toContain("token/+=");
  });

  it.each([
    [undefined, "MissingSecurityToken"],
    ["other", "InvalidSecurityToken.MismatchWithAccessKey"],
  ])("are refused with the token %s", async (securityToken, code) => {
    const it = await emulator({ accounts: [sts] });
    expect((await ask(it, regions, { ...sts, securityToken })).body.Code).toBe(code);
  });

  it("of another kind than the account's are refused", async () => {
    const it = await emulator();
    const answer = await ask(it, regions, { securityToken: "x" });
    expect(answer.body.Code).toBe("InvalidSecurityToken.MismatchWithAccessKey");
  });
});

describe("the throttle", () => {
  it("is off unless it is set", async () => {
    const it = await emulator();
    const answers = await Promise.all(Array.from({ length: 200 }, () => ask(it, regions)));
    expect(answers.every((answer) => answer.status === 200)).toBe(true);
  });

  it("refuses an action until the next minute, apart for each action, region and account", async () => {
    const accounts = ["a", "b"].map((id) => ({
      accountId: id,
      accessKeyId: `key-${id}`,
      accessKeySecret: `secret-${id}`,
    }));
    const it = await emulator({
      accounts,
      clock: { mode: "virtual", now: "2026-03-01T00:00:59Z" },
      limits: { throttle: { byAction: { DescribeCommands: 2 } } },
    });
    const [a, b] = accounts;
    const list = (RegionId: string, keys = a) =>
      ask(it, { action: "DescribeCommands", params: { RegionId } }, keys);
    const statuses = async (count: number) => {
      const all: number[] = [];
      for (let i = 0; i < count; i += 1) all.push((await list("cn-hangzhou")).status);
      return all;
    };
    expect(await statuses(4)).toEqual([200, 200, 400, 400]);
    expect((await list("cn-hangzhou")).body).toMatchObject({ Code: "Throttling.User" });
    expect((await list("cn-beijing")).status).toBe(200);
    expect((await list("cn-hangzhou", b)).status).toBe(200);
    expect((await ask(it, regions, a)).status).toBe(200);
    await it.clock.advance(999);
    expect((await list("cn-hangzhou")).status).toBe(400);
    await it.clock.advance(1);
    expect((await list("cn-hangzhou")).status).toBe(200);
  });
});
