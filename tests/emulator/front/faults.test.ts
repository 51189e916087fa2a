import type { Emulator, FaultEffect, FaultMatch, FaultRule } from "cloud-assistant-emulator";
import { closeEmulators, emulator, runCommand } from "./support/emulators.js";
import { signedRequest, type Answer, type Ask } from "./support/signed-request.js";

afterEach(closeEmulators);

const ask = (to: Emulator, what: Ask): Promise<Answer> => signedRequest(to.url, to, what);
const regions: Ask = { action: "DescribeRegions" };
const lastEntry = (of: Emulator) => of.requests.list().at(-1)!;
const read = (action: string, params: Record<string, string>): Ask => ({
  action,
  params: { RegionId: "cn-hangzhou", ...params },
});

async function withInstance(count = 1): Promise<{ it: Emulator; ids: string[]; run: Ask }> {
  const it = await emulator({
    instances: count,
    clock: { mode: "virtual", now: "2026-03-01T00:00:00Z" },
  });
  const ids = it.instances.list().map((instance) => instance.instanceId);
  return { it, ids, run: runCommand(ids[0]!) };
}

describe("a fault before the commit", () => {
  it("refuses with the status, code, message and retry-after of its rule; nothing is done", async () => {
    const { it, run } = await withInstance();
    const effect: FaultEffect = {
      kind: "error",
      status: 429,
      code: "Throttling.Api",
      message: "slow down",
      retryAfterMs: 250,
    };
    const id = it.faults.add({ match: { action: "RunCommand" }, effect });
    const answer = await ask(it, run);
    expect(answer).toMatchObject({
      status: 429,
      body: { Code: "Throttling.Api", Message: "slow down", HostId: new URL(it.url).host },
    });
    expect(answer.headers["x-acs-retry-after"]).toBe("250");
    expect(lastEntry(it)).toMatchObject({ faultId: id, committed: false, code: "Throttling.Api" });
    expect(it.invocations()).toEqual([]);
  });

  it.each([
    [undefined, 503, "ServiceUnavailable"],
    [500, 500, "InternalError"],
  ])("answers a server error (%s)", async (status, expected, code) => {
    const { it, run } = await withInstance();
    it.faults.add({ effect: { kind: "http5xx", ...(status === undefined ? {} : { status }) } });
    expect(await ask(it, run)).toMatchObject({ status: expected, body: { Code: code } });
    expect(it.invocations()).toEqual([]);
  });

  it("breaks the connection and leaves nothing behind", async () => {
    const { it, run } = await withInstance();
    const id = it.faults.add({ effect: { kind: "dropBeforeCommit" } });
    await expect(ask(it, run)).rejects.toMatchObject({ code: "ECONNRESET" });
    expect(lastEntry(it)).toMatchObject({ status: 0, committed: false, faultId: id });
    expect(it.invocations()).toEqual([]);
  });

  it("answers what is not JSON", async () => {
    const { it, run } = await withInstance();
    it.faults.add({ effect: { kind: "nonJson", status: 502, moment: "before-commit" } });
    const answer = await ask(it, run);
    expect(answer.status).toBe(502);
    expect(answer.headers["content-type"]).toContain("text/html");
    expect(() => JSON.parse(answer.text) as unknown).toThrow();
    expect(it.invocations()).toEqual([]);
  });

  it("never answers, until the emulator is closed", async () => {
    const { it, run } = await withInstance();
    it.faults.add({ effect: { kind: "hang" } });
    const pending = ask(it, run).then(
      () => "answered",
      () => "broken",
    );
    await it.requests.wait({ action: "RunCommand" });
    expect(lastEntry(it)).toMatchObject({ status: 0, committed: false });
    await it.close();
    expect(await pending).toBe("broken");
  });

  it("delays, and the request is in the log before it is answered", async () => {
    const { it, run } = await withInstance();
    it.faults.add({ effect: { kind: "delay", delayMs: 60 } });
    const answering = ask(it, run);
    const [early] = await it.requests.wait({ action: "RunCommand" });
    expect(early).toMatchObject({ status: 0, committed: false });
    expect((await answering).status).toBe(200);
    expect(lastEntry(it).durationMs).toBeGreaterThanOrEqual(55);
  });
});

describe("a fault after the commit", () => {
  it("loses the answer of a change that is made", async () => {
    const { it, run } = await withInstance();
    const id = it.faults.add({ effect: { kind: "dropAfterCommit" } });
    await expect(ask(it, run)).rejects.toMatchObject({ code: "ECONNRESET" });
    const [invocation] = it.invocations();
    expect(lastEntry(it)).toMatchObject({
      status: 0,
      committed: true,
      faultId: id,
      invokeId: invocation!.invokeId,
    });
  });

  it.each<readonly [string, FaultEffect]>([
    ["a server error", { kind: "http5xx", moment: "after-commit" }],
    ["what is not JSON", { kind: "nonJson" }],
    ["half a body", { kind: "truncateBody" }],
    ["late", { kind: "delay", delayMs: 30, moment: "after-commit" }],
  ])("answers %s although the change is made", async (_what, effect) => {
    const { it, run } = await withInstance();
    it.faults.add({ effect });
    const answer = await ask(it, run);
    if (effect.kind !== "delay") expect(answer.body.InvokeId).toBeUndefined();
    expect(lastEntry(it).committed).toBe(true);
    expect(it.invocations()).toHaveLength(1);
  });

  it("hangs although the change is made", async () => {
    const { it, run } = await withInstance();
    it.faults.add({ effect: { kind: "hang", moment: "after-commit" } });
    const pending = ask(it, run).catch(() => undefined);
    await it.requests.wait({ committed: true });
    expect(it.invocations()).toHaveLength(1);
    await it.close();
    await pending;
  });

  it("does not call a change made that was refused", async () => {
    const { it } = await withInstance();
    it.faults.add({ effect: { kind: "dropAfterCommit" } });
    await expect(ask(it, runCommand("i-none"))).rejects.toThrow();
    expect(lastEntry(it)).toMatchObject({ committed: false, status: 0 });
  });

  it("cuts the body at the byte that is asked for, as valid HTTP", async () => {
    const { it, run } = await withInstance();
    it.faults.add({ effect: { kind: "truncateBody", bytes: 7 } });
    const answer = await ask(it, run);
    expect(answer.text).toHaveLength(7);
    expect(answer.headers["content-length"]).toBe("7");
  });

  it("leaves a field out of a success, and of no error", async () => {
    const { it, run } = await withInstance();
    it.faults.add({ effect: { kind: "omitField", field: "InvokeId" } });
    const answer = await ask(it, run);
    expect(answer.status).toBe(200);
    expect(answer.body.RequestId).toBeDefined();
    expect(answer.body).not.toHaveProperty("InvokeId");
    expect(lastEntry(it).invokeId).toMatch(/^t-/);
    it.faults.add({ effect: { kind: "omitField", field: "Code" } });
    expect((await ask(it, runCommand("i-none"))).body.Code).toBeDefined();
  });

  it("sets a field of one row only, wherever it is", async () => {
    const { it, ids } = await withInstance(2);
    await ask(it, runCommand(ids[0]!, { "InstanceId.2": ids[1]! }));
    await it.clock.advance(5_000);
    const { invokeId } = it.invocations()[0]!;
    it.faults.add({
      match: { action: "DescribeInvocationResults" },
      effect: { kind: "setField", field: "ExitCode", value: "", where: { InstanceId: ids[0]! } },
    });
    const answer = await ask(it, read("DescribeInvocationResults", { InvokeId: invokeId }));
    const rows = answer.body.Invocation.InvocationResults.InvocationResult as Record<
      string,
      unknown
    >[];
    expect(Object.fromEntries(rows.map((row) => [row.InstanceId, row.ExitCode]))).toEqual({
      [ids[0]!]: "",
      [ids[1]!]: 0,
    });
  });

  it("sets a field on a way from the top through lists", async () => {
    const { it, run } = await withInstance();
    await ask(it, run);
    const field = "Invocations.Invocation.InvokeStatus";
    it.faults.add({ effect: { kind: "setField", field, value: "Strange" } });
    const answer = await ask(it, read("DescribeInvocations", {}));
    const [row] = answer.body.Invocations.Invocation as Record<string, any>[];
    expect(row!.InvokeStatus).toBe("Strange");
    expect(JSON.stringify(row!.InvokeInstances)).not.toContain("Strange");
  });
});

describe("a fault of lists", () => {
  it("gives an empty page whose token leads to the page that was left out", async () => {
    const { it, run } = await withInstance();
    for (let i = 0; i < 3; i += 1) await ask(it, run);
    it.faults.add({ match: { nth: 1 }, effect: { kind: "emptyPageWithToken" } });
    const page = (NextToken?: string) =>
      ask(
        it,
        read("DescribeInvocations", {
          MaxResults: "2",
          ...(NextToken === undefined ? {} : { NextToken }),
        }),
      );
    const empty = await page();
    expect(empty.body.Invocations.Invocation).toEqual([]);
    const first = await page(empty.body.NextToken as string);
    expect(first.body.Invocations.Invocation).toHaveLength(2);
    const second = await page(first.body.NextToken as string);
    expect(second.body.Invocations.Invocation).toHaveLength(1);
    expect(second.body.NextToken ?? "").toBe("");
  });

  const lists: readonly (readonly [string, Record<string, string>, (body: any) => unknown[]])[] = [
    ["DescribeCommands", {}, (body) => body.Commands.Command],
    ["DescribeInvocations", {}, (body) => body.Invocations.Invocation],
    ["DescribeInvocationResults", {}, (body) => body.Invocation.InvocationResults.InvocationResult],
    [
      "DescribeCloudAssistantStatus",
      {},
      (body) => body.InstanceCloudAssistantStatusSet.InstanceCloudAssistantStatus,
    ],
    ["DescribeManagedInstances", {}, (body) => body.Instances],
    ["DescribeInstances", {}, (body) => body.Instances.Instance],
    [
      "ListTagResources",
      { ResourceType: "managedinstance", "Tag.1.Key": "a" },
      (body) => body.TagResources.TagResource,
    ],
  ];
  const tokenOf = (body: any): string => body.NextToken ?? body.Invocation.NextToken;

  /** A list of two, or of eleven where no page is smaller than ten. */
  async function withTwoOfAll(): Promise<Emulator> {
    const machine = (id: string) => ({ instanceId: id, tags: { a: "1" } });
    const it = await emulator({
      instances: [
        ...["mi-1", "mi-2"].map(machine),
        ...Array.from({ length: 11 }, (_, index) => machine(`i-${index}`)),
      ],
      clock: { mode: "virtual", now: "2026-03-01T00:00:00Z" },
      limits: { tagPageSize: 1 },
    });
    for (const Name of ["a", "b"]) {
      const CommandContent = Buffer.from("true").toString("base64");
      await ask(it, read("CreateCommand", { Name, Type: "RunShellScript", CommandContent }));
      await ask(it, runCommand("i-1", { KeepCommand: "true" }));
    }
    return it;
  }

  it.each(lists)(
    "empties the pages of %s, as often as it is told, and hides nothing from who goes on",
    async (action, params, rowsOf) => {
      const it = await withTwoOfAll();
      it.faults.add({ match: { nth: 1 }, times: 3, effect: { kind: "emptyPageWithToken" } });
      const sizes: number[] = [];
      const tokens: string[] = [];
      let NextToken = "";
      do {
        const sent = NextToken === "" ? {} : { NextToken };
        const { status, body } = await ask(
          it,
          read(action, {
            MaxResults: action === "DescribeInstances" ? "10" : "1",
            ...params,
            ...sent,
          }),
        );
        expect(status).toBe(200);
        if (body.Invocation !== undefined) expect(body).not.toHaveProperty("NextToken");
        sizes.push(rowsOf(body).length);
        NextToken = tokenOf(body);
        tokens.push(NextToken);
      } while (NextToken !== "");
      expect(sizes.slice(0, 4)).toEqual([0, 0, 0, action === "DescribeInstances" ? 10 : 1]);
      expect(sizes.slice(4).every((size) => size === 1)).toBe(true);
      expect(sizes.length).toBeGreaterThan(4);
      expect(new Set(tokens).size).toBe(tokens.length);
    },
  );

  it.each(lists)("repeats the token of %s", async (action, params) => {
    const it = await withTwoOfAll();
    const size = { MaxResults: action === "DescribeInstances" ? "10" : "1" };
    const NextToken = tokenOf((await ask(it, read(action, { ...size, ...params }))).body);
    expect(NextToken).not.toBe("");
    it.faults.add({ effect: { kind: "repeatToken" } });
    const again = await ask(it, read(action, { ...size, ...params, NextToken }));
    expect(tokenOf(again.body)).toBe(NextToken);
  });

  it("leaves an answer alone that is no page", async () => {
    const { it, run } = await withInstance();
    it.faults.add({ effect: { kind: "emptyPageWithToken" } });
    expect((await ask(it, run)).body).not.toHaveProperty("NextToken");
  });

  it("gives back the token that was sent; a first page has none and passes", async () => {
    const { it, run } = await withInstance();
    for (let i = 0; i < 3; i += 1) await ask(it, run);
    it.faults.add({ effect: { kind: "repeatToken" }, times: 1 });
    const first = await ask(it, read("DescribeInvocations", { MaxResults: "2" }));
    const NextToken = first.body.NextToken as string;
    expect(lastEntry(it).faultId).toBeUndefined();
    const second = await ask(it, read("DescribeInvocations", { MaxResults: "2", NextToken }));
    expect(second.body.NextToken).toBe(NextToken);
    expect(lastEntry(it).faultId).toBeDefined();
  });

  it("hides from reads what is younger than it says", async () => {
    const { it, run } = await withInstance();
    it.faults.add({
      match: { action: ["DescribeInvocations", "DescribeInvocationResults", "ListTagResources"] },
      effect: { kind: "stale", staleMs: 10_000 },
    });
    const { body } = await ask(it, run);
    const seen = async () => {
      const answer = await ask(it, read("DescribeInvocations", { InvokeId: body.InvokeId }));
      return (answer.body.Invocations.Invocation as unknown[]).length;
    };
    expect(await seen()).toBe(0);
    await it.clock.advance(9_000);
    expect(await seen()).toBe(0);
    await it.clock.advance(2_000);
    expect(await seen()).toBe(1);
  });
});

describe("a read that sees the past", () => {
  it("does not know a tag of this moment, whichever list is asked by it", async () => {
    const { it, ids, run } = await withInstance();
    const { body } = await ask(it, run);
    await it.clock.advance(60_000);
    const key = { "Tag.1.Key": "new", "Tag.1.Value": "1" };
    for (const [ResourceType, id] of [
      ["instance", ids[0]!],
      ["invocation", body.InvokeId as string],
    ] as const) {
      await ask(it, read("TagResources", { ResourceType, "ResourceId.1": id, ...key }));
    }
    const reads: readonly (readonly [Ask, (body: any) => unknown[]])[] = [
      [read("DescribeInstances", key), (found) => found.Instances.Instance],
      [read("DescribeInvocations", key), (found) => found.Invocations.Invocation],
      [
        read("DescribeInvocationResults", key),
        (found) => found.Invocation.InvocationResults.InvocationResult,
      ],
      [
        read("ListTagResources", { ResourceType: "invocation", ...key }),
        (found) => found.TagResources.TagResource,
      ],
    ];
    const seen = async () => {
      const counts: number[] = [];
      for (const [what, rowsOf] of reads) counts.push(rowsOf((await ask(it, what)).body).length);
      return counts;
    };
    expect(await seen()).toEqual([1, 1, 1, 1]);
    it.faults.add({ effect: { kind: "stale", staleMs: 5_000 } });
    expect(await seen()).toEqual([0, 0, 0, 0]);
    await it.clock.advance(6_000);
    expect(await seen()).toEqual([1, 1, 1, 1]);
  });

  it("may never answer, and the next one does", async () => {
    const { it } = await withInstance();
    it.faults.add({ match: { action: "DescribeInvocations", nth: 1 }, effect: { kind: "hang" } });
    const hung = ask(it, read("DescribeInvocations", {})).then(
      () => "answered",
      () => "broken",
    );
    await it.requests.wait({ action: "DescribeInvocations" });
    expect((await ask(it, read("DescribeInvocations", {}))).status).toBe(200);
    expect(it.requests.list().map(({ status }) => status)).toEqual([0, 200]);
    await it.close();
    expect(await hung).toBe("broken");
  });
});

describe("a fault of credentials", () => {
  it("lets them expire in the middle of the work", async () => {
    const { it } = await withInstance();
    it.faults.add({ match: { after: 1 }, effect: { kind: "credentialsExpire" } });
    expect((await ask(it, regions)).status).toBe(200);
    const answer = await ask(it, regions);
    expect(answer).toMatchObject({ status: 400, body: { Code: "InvalidSecurityToken.Expired" } });
    expect(lastEntry(it).faultId).toBe("fault-1");
  });

  it("moves the clock that dates are judged by", async () => {
    const { it } = await withInstance();
    it.faults.add({ effect: { kind: "clockSkew", skewMs: 20 * 60_000 }, times: 1 });
    expect((await ask(it, regions)).body.Code).toBe("InvalidTimeStamp.Expired");
    expect((await ask(it, regions)).status).toBe(200);
  });
});

describe("a rule", () => {
  const struck = async (match: FaultMatch, asks: readonly Ask[], times?: number) => {
    const { it } = await withInstance();
    it.faults.add({
      match,
      effect: { kind: "http5xx" },
      ...(times === undefined ? {} : { times }),
    });
    const hits: boolean[] = [];
    for (const each of asks) hits.push((await ask(it, each)).status === 503);
    return hits;
  };
  const commands = read("DescribeCommands", {});
  const five = Array.from({ length: 5 }, () => regions);

  it.each<readonly [string, FaultMatch, readonly Ask[], number | undefined, readonly boolean[]]>([
    ["one action", { action: "DescribeRegions" }, [regions, commands], undefined, [true, false]],
    [
      "a list of actions",
      { action: ["DescribeRegions", "X"] },
      [regions, commands],
      undefined,
      [true, false],
    ],
    ["the nth request", { nth: 2 }, five, undefined, [false, true, false, false, false]],
    ["the nth and the next ones", { nth: 2 }, five, 2, [false, true, true, false, false]],
    ["what comes after so many", { after: 3 }, five, undefined, [false, false, false, true, true]],
    ["so many times", {}, five, 2, [true, true, false, false, false]],
    ["one region", { regionId: "cn-beijing" }, [commands], undefined, [false]],
    ["another account", { accountId: "x" }, [regions], undefined, [false]],
    [
      "parameters",
      { params: { Name: "a" } },
      [read("DescribeCommands", { Name: "a" }), read("DescribeCommands", { Name: "b" })],
      undefined,
      [true, false],
    ],
    [
      "an instance, however it is named",
      { instanceId: "i-1" },
      [
        read("DescribeInstances", { InstanceIds: '["i-0","i-1"]' }),
        read("DescribeInstances", { InstanceIds: '["i-10"]' }),
        read("DescribeCloudAssistantStatus", { "InstanceId.2": "i-1", "InstanceId.1": "i-0" }),
        read("DescribeInvocations", { InstanceId: "i-1" }),
        regions,
      ],
      undefined,
      [true, false, true, true, false],
    ],
    [
      "no request when its probability is 0",
      { probability: 0 },
      five,
      undefined,
      [false, false, false, false, false],
    ],
  ])("strikes %s", async (_what, match, asks, times, expected) => {
    expect(await struck(match, asks, times)).toEqual(expected);
  });

  it("strikes at random, in the same places for the same seed", async () => {
    const draw = async (seed: string) => {
      const it = await emulator({ seed });
      it.faults.add({ match: { probability: 0.5 }, effect: { kind: "http5xx" } });
      const hits: boolean[] = [];
      for (let i = 0; i < 40; i += 1) hits.push((await ask(it, regions)).status === 503);
      return hits;
    };
    const first = await draw("one");
    expect(await draw("one")).toEqual(first);
    expect(await draw("two")).not.toEqual(first);
    const count = first.filter(Boolean).length;
    expect(count).toBeGreaterThan(8);
    expect(count).toBeLessThan(32);
  });

  it("is listed with what it did, and can be taken away", async () => {
    const { it } = await withInstance();
    const id = it.faults.add({ match: { nth: 2 }, effect: { kind: "http5xx" } });
    await ask(it, regions);
    await ask(it, regions);
    await ask(it, regions);
    expect(it.faults.list()).toEqual([
      { id, match: { nth: 2 }, effect: { kind: "http5xx" }, matched: 3, hits: 1 },
    ]);
    expect(it.faults.remove(id)).toBe(true);
    expect(it.faults.remove(id)).toBe(false);
    expect(it.faults.list()).toEqual([]);
  });

  it("may strike together with others: delays add up, and the first end ends it", async () => {
    const { it } = await withInstance();
    it.faults.add({ id: "a", effect: { kind: "delay", delayMs: 20 } });
    it.faults.add({ id: "b", effect: { kind: "delay", delayMs: 20 } });
    it.faults.add({ id: "c", effect: { kind: "error", status: 400, code: "First" } });
    it.faults.add({ id: "d", effect: { kind: "error", status: 400, code: "Second" } });
    expect((await ask(it, regions)).body.Code).toBe("First");
    expect(lastEntry(it)).toMatchObject({ faultId: "a", faultIds: ["a", "b", "c", "d"] });
    expect(lastEntry(it).durationMs).toBeGreaterThanOrEqual(35);
  });

  it.each<readonly [string, unknown, RegExp]>([
    ["no object", "x", /a rule is an object/],
    ["no effect", {}, /effect is missing/],
    ["an effect that there is not", { effect: { kind: "explode" } }, /not one of error, http5xx/],
    ["a missing number", { effect: { kind: "delay" } }, /effect.delayMs is missing/],
    ["a field too many", { effect: { kind: "hang", ms: 1 } }, /effect.ms is not known/],
    [
      "a probability above 1",
      { match: { probability: 2 }, effect: { kind: "hang" } },
      /from 0 to 1/,
    ],
    [
      "a wrong match",
      { match: { acton: "X" }, effect: { kind: "hang" } },
      /match.acton is not known/,
    ],
  ])("with %s is refused, saying why", async (_what, rule, message) => {
    const { it } = await withInstance();
    expect(() => it.faults.add(rule as FaultRule)).toThrow(message);
    expect(it.faults.list()).toEqual([]);
  });

  it("without an id gets one that nobody has", async () => {
    const { it } = await withInstance();
    it.faults.add({ id: "fault-1", effect: { kind: "hang" } });
    expect(it.faults.add({ effect: { kind: "hang" } })).toBe("fault-2");
  });

  it("with an id that is taken is refused", async () => {
    const { it } = await withInstance();
    it.faults.add({ id: "same", effect: { kind: "hang" } });
    expect(() => it.faults.add({ id: "same", effect: { kind: "hang" } })).toThrow(/already/);
  });
});
