import type { Emulator } from "cloud-assistant-emulator";
import { closeEmulators, emulator, runCommand } from "./support/emulators.js";
import { signedRequest } from "./support/signed-request.js";

afterEach(closeEmulators);

/** Troubles that people really met, as far as the emulator alone decides them and no command runs. */
const clock = { mode: "virtual", now: "2026-11-25T00:00:00Z" } as const;

const ask = async (to: Emulator, action: string, params: Record<string, string>): Promise<any> =>
  (await signedRequest(to.url, to, { action, params: { RegionId: to.regionId, ...params } })).body;

test("sb-2: CRLF passes byte for byte to a Windows instance, and no BOM is added", async () => {
  const content = "IyEvYmluL2Jhc2gNCnNldCAtZQ0KZWNobyBoZWxsbw0KZXhpdCAwDQo=";
  const it = await emulator({
    clock,
    instances: [
      {
        instanceId: "i-win",
        osType: "windows",
        behaviour: {
          rules: [
            {
              content: Buffer.from(content, "base64").toString("utf8"),
              outcome: { kind: "finish", exitCode: 0, output: "byte for byte" },
            },
          ],
          outcome: { kind: "finish", exitCode: 9 },
        },
      },
    ],
  });
  const { InvokeId } = await ask(it, "RunCommand", {
    Type: "RunPowerShellScript",
    CommandContent: content,
    ContentEncoding: "Base64",
    "InstanceId.1": "i-win",
  });
  await it.clock.advance(60_000);
  const { Invocations } = await ask(it, "DescribeInvocations", { InvokeId });
  expect(Invocations.Invocation[0].CommandContent).toBe(content);
  expect(it.output(InvokeId as string, "i-win")).toMatchObject({
    outputBase64: Buffer.from("byte for byte").toString("base64"),
  });
});

describe("pg-2: the fifty-first result", () => {
  const rowsOf = (body: any): any[] => body.Invocation.InvocationResults.InvocationResult;

  /** Every page of results; the last one's token is empty, or not there at all. */
  async function allPages(it: Emulator, filter: Record<string, string>): Promise<any[][]> {
    const pages: any[][] = [];
    let NextToken: string | undefined = "";
    do {
      const sent: Record<string, string> = NextToken === "" ? {} : { NextToken };
      const params = { MaxResults: "50", ContentEncoding: "PlainText", ...filter, ...sent };
      const body = await ask(it, "DescribeInvocationResults", params);
      pages.push(rowsOf(body));
      NextToken = body.Invocation.NextToken as string | undefined;
    } while (NextToken !== undefined && NextToken !== "");
    return pages;
  }

  const fleet = (count: number) =>
    Array.from({ length: count }, (_, index) => ({
      instanceId: `i-${index}`,
      behaviour: {
        outcome: { kind: "finish" as const, exitCode: 0, output: `out-i-${index}` },
      },
    }));

  test("sixty invocations under one tag are two pages of them and of their results", async () => {
    const it = await emulator({ clock, instances: fleet(60) });
    const tag = { "Tag.1.Key": "run", "Tag.1.Value": "r" };
    for (const { instanceId } of fleet(60)) {
      await ask(it, "RunCommand", runCommand(instanceId, tag).params);
    }
    await it.clock.advance(60_000);
    expect((await allPages(it, tag)).map((page) => page.length)).toEqual([50, 10]);
    const first = await ask(it, "DescribeInvocations", { MaxResults: "50", ...tag });
    expect(first.Invocations.Invocation).toHaveLength(50);
    expect(first.TotalCount).toBe(60);
  });

  test.each([
    ["empty", false],
    ["absent", true],
  ])(
    "a hundred results of one call are each its own, also where the last token is %s",
    async (_what, isAbsent) => {
      const it = await emulator({ clock, instances: fleet(100) });
      const ids = fleet(100).map(({ instanceId }) => instanceId);
      const list = Object.fromEntries(ids.map((id, index) => [`InstanceId.${index + 1}`, id]));
      const { InvokeId } = await ask(it, "RunCommand", runCommand(ids[0]!, list).params);
      await it.clock.advance(60_000);
      if (isAbsent) {
        const match = { action: "DescribeInvocationResults", nth: 2 };
        it.faults.add({ match, effect: { kind: "omitField", field: "Invocation.NextToken" } });
      }
      const pages = await allPages(it, { InvokeId });
      expect(pages.map((page) => page.length)).toEqual([50, 50]);
      expect(pages.flat().map((row) => [row.InstanceId, row.Output])).toEqual(
        ids.map((id) => [id, `out-${id}`]),
      );
    },
  );
});

test("bo-2 (a): a run that asks for a reboot is one run, one boot, and the client is back", async () => {
  const it = await emulator({
    clock,
    instances: [
      {
        instanceId: "i-1",
        behaviour: { outcome: { kind: "finish", exitCode: 194, output: "first\n" } },
      },
    ],
  });
  const before = it.instances.get("i-1")!;
  const { InvokeId } = await ask(it, "RunCommand", runCommand("i-1").params);
  await it.clock.advance(120_000);
  expect(it.tasks()).toMatchObject([
    { invokeId: InvokeId, run: 1, status: "Failed", exitCode: 194, errorCode: "ExitCodeNonzero" },
  ]);
  const after = it.instances.get("i-1")!;
  expect(after).toMatchObject({
    power: "Running",
    bootCount: before.bootCount + 1,
    agent: { online: true },
  });
  expect(after.bootId).not.toBe(before.bootId);
});
