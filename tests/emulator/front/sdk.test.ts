import Ecs20140526, * as ecs from "@alicloud/ecs20140526";
import { $OpenApiUtil } from "@alicloud/openapi-core";
import type { Emulator } from "cloud-assistant-emulator";
import { closeEmulators, emulator } from "./support/emulators.js";

afterEach(closeEmulators);

const Client = ((Ecs20140526 as any).default ?? Ecs20140526) as typeof Ecs20140526;

function clientOf(it: Emulator, config: Record<string, unknown> = {}): Ecs20140526 {
  return new Client(
    new $OpenApiUtil.Config({
      accessKeyId: it.accessKeyId,
      accessKeySecret: it.accessKeySecret,
      regionId: it.regionId,
      endpoint: `127.0.0.1:${it.port}`,
      protocol: "http",
      ...config,
    }),
  );
}

const run = (it: Emulator) =>
  new ecs.RunCommandRequest({
    regionId: it.regionId,
    type: "RunShellScript",
    commandContent: Buffer.from("echo 'it''s (fine)*~!' {{name}}").toString("base64"),
    contentEncoding: "Base64",
    enableParameter: true,
    parameters: { name: "你好 Jack's (x)*~! a+b/c=d&e" },
    instanceId: it.instances.list().map((instance) => instance.instanceId),
    tag: [new ecs.RunCommandRequestTag({ key: "owner", value: "zhang san" })],
    username: "root",
  });

describe("the official SDK", () => {
  it("is understood, parameters byte for byte", async () => {
    const it = await emulator({ instances: 12 });
    const { body } = await clientOf(it).runCommand(run(it));
    expect(body!.invokeId).toMatch(/^t-/);
    const [entry] = it.requests.list();
    expect(entry).toMatchObject({ action: "RunCommand", dialect: "acs3", committed: true });
    expect(JSON.parse(entry!.params.Parameters!)).toEqual({ name: "你好 Jack's (x)*~! a+b/c=d&e" });
    expect(entry!.params["InstanceId.12"]).toBe(it.instances.list()[11]!.instanceId);
    expect(entry!.userAgent).toContain("AlibabaCloud");
  });

  it("with a secret of which one byte is another is refused, and we log what we signed", async () => {
    const it = await emulator({ instances: 1 });
    const accessKeySecret = `${it.accessKeySecret.slice(0, -1)}!`;
    await expect(clientOf(it, { accessKeySecret }).runCommand(run(it))).rejects.toMatchObject({
      name: "ClientError",
      code: "SignatureDoesNotMatch",
      statusCode: 400,
    });
    const [entry] = it.requests.list();
    expect(entry!.stringToSign).toMatch(/^ACS3-HMAC-SHA256\n[0-9a-f]{64}$/);
    expect(it.invocations()).toEqual([]);
  });

  it("with temporary keys is understood", async () => {
    const account = {
      accountId: "7",
      accessKeyId: "STS.x",
      accessKeySecret: "y",
      securityToken: "z+/=",
    };
    const it = await emulator({ accounts: [account] });
    const config = { ...account, type: "sts" };
    const { body } = await clientOf(it, config).describeRegions(new ecs.DescribeRegionsRequest());
    expect(body!.regions!.region!.length).toBeGreaterThan(10);
    expect(it.requests.list()[0]).toMatchObject({ accountId: "7", status: 200 });
  });

  it("with a command of 24,000 characters in its URL is understood", async () => {
    const it = await emulator({ instances: 1 });
    const commandContent = "++//".repeat(6_000);
    const request = new ecs.RunCommandRequest({
      regionId: it.regionId,
      type: "RunShellScript",
      commandContent,
      contentEncoding: "Base64",
      instanceId: [it.instances.list()[0]!.instanceId],
    });
    await clientOf(it).runCommand(request);
    expect(it.requests.list()[0]!.params.CommandContent).toBe(commandContent);
  });

  it("sees a throttling with its retry-after, and a code it can branch on", async () => {
    const it = await emulator();
    it.faults.add({
      effect: { kind: "error", status: 400, code: "Throttling.User", retryAfterMs: 250 },
    });
    const asking = clientOf(it).describeRegions(new ecs.DescribeRegionsRequest());
    await expect(asking).rejects.toMatchObject({
      name: "ThrottlingError",
      code: "Throttling.User",
      retryAfter: 250,
    });
  });

  it("set to the old signature hears that it is not implemented", async () => {
    const it = await emulator();
    const client = clientOf(it, { signatureAlgorithm: "v2" });
    await expect(client.describeRegions(new ecs.DescribeRegionsRequest())).rejects.toMatchObject({
      code: "Emulator.NotImplemented",
      statusCode: 501,
    });
    expect(it.requests.list()[0]).toMatchObject({ dialect: "rpc-v1" });
  });

  it("of another account sees nothing of the first one's", async () => {
    const accounts = ["1", "2"].map((id) => ({
      accountId: id,
      accessKeyId: `k${id}`,
      accessKeySecret: `s${id}`,
    }));
    const it = await emulator({ accounts, instances: [{ accountId: "1" }, { accountId: "2" }] });
    const count = async (index: 0 | 1) => {
      const { body } = await clientOf(it, accounts[index]).describeInstances(
        new ecs.DescribeInstancesRequest({ regionId: it.regionId }),
      );
      return body!.instances!.instance!.map((each) => each.instanceId);
    };
    const [mine, theirs] = [await count(0), await count(1)];
    expect(mine).toHaveLength(1);
    expect(theirs).toHaveLength(1);
    expect(mine).not.toEqual(theirs);
  });
});
