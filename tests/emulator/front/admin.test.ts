import { request } from "node:http";
import { connectEmulator, waitForEvent, type RemoteEmulator } from "cloud-assistant-emulator";
import { closeEmulators, emulator, runCommand } from "./support/emulators.js";
import { send, signedRequest } from "./support/signed-request.js";

afterEach(closeEmulators);

const clock = { mode: "virtual", now: "2026-03-01T00:00:00Z" } as const;

async function pair(instances = 2) {
  const local = await emulator({ instances, clock });
  return { local, remote: await connectEmulator(`${local.url}/`) };
}

describe("a client over HTTP", () => {
  it("knows where the emulator is and who may call", async () => {
    const { local, remote } = await pair();
    const { url, port, regionId, accountId, accessKeyId, accessKeySecret } = local;
    const { accounts, isolation } = local;
    expect(remote).toMatchObject({
      ...{ url, port, regionId, accountId, accessKeyId, accessKeySecret, accounts, isolation },
    });
  });

  it("has every control of the one in process", async () => {
    const { local, remote } = await pair();
    const shape = (value: object): unknown =>
      Object.fromEntries(
        Object.entries(value)
          .filter(([key]) => key !== "close")
          .map(([key, inner]) => [
            key,
            typeof inner === "object" && inner !== null ? shape(inner as object) : typeof inner,
          ])
          .sort(),
      );
    expect(shape(remote)).toEqual(shape(local));
  });

  it("sees the same as the one in process", async () => {
    const { local, remote } = await pair();
    const [id] = local.instances.list().map((instance) => instance.instanceId);
    const { body } = await signedRequest(local.url, local, runCommand(id!));
    await remote.clock.advance(10_000);
    const wire = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
    expect(await remote.clock.now()).toBe(local.clock.now());
    expect(await remote.requests.list()).toEqual(wire(local.requests.list()));
    expect(await remote.instances.list()).toEqual(wire(local.instances.list()));
    expect(await remote.instances.get(id!)).toEqual(wire(local.instances.get(id!)));
    expect(await remote.instances.get("i-none")).toBeUndefined();
    expect(await remote.invocations()).toEqual(wire(local.invocations()));
    expect(await remote.tasks()).toEqual(wire(local.tasks()));
    expect(await remote.tasks()).toMatchObject([{ instanceId: id, status: "Success" }]);
    expect(await remote.events.list()).toEqual(wire(local.events.list()));
    expect(await remote.limits.get()).toEqual(wire(local.limits.get()));
    const invokeId = body.InvokeId as string;
    expect(await remote.output(invokeId, id!)).toEqual(wire(local.output(invokeId, id!)));
    expect(await remote.output(invokeId, "i-none")).toBeUndefined();
    expect(await remote.instances.root(id!)).toBeUndefined();
  });

  it("filters requests, waits for them, and clears them", async () => {
    const { local, remote } = await pair();
    const [id] = local.instances.list().map((instance) => instance.instanceId);
    const waiting = remote.requests.wait({ action: ["RunCommand", "X"], committed: true });
    await signedRequest(local.url, local, { action: "DescribeRegions" });
    await signedRequest(local.url, local, runCommand(id!));
    expect(await waiting).toMatchObject([{ action: "RunCommand", seq: 2 }]);
    expect(await remote.requests.list({ action: "DescribeRegions" })).toMatchObject([{ seq: 1 }]);
    expect(await remote.requests.list({ afterSeq: 1, accountId: local.accountId })).toHaveLength(1);
    await expect(remote.requests.wait({}, 3, 5)).rejects.toMatchObject({ code: "TimedOut" });
    await remote.requests.clear();
    expect(local.requests.list()).toEqual([]);
  });

  it("sets faults and limits", async () => {
    const { local, remote } = await pair();
    const id = await remote.faults.add({ effect: { kind: "http5xx" }, times: 1 });
    expect((await signedRequest(local.url, local, { action: "DescribeRegions" })).status).toBe(503);
    expect(await remote.faults.list()).toMatchObject([{ id, hits: 1 }]);
    expect(await remote.faults.remove(id)).toBe(true);
    expect(await remote.faults.remove(id)).toBe(false);
    await remote.faults.add({ effect: { kind: "hang" } });
    await remote.faults.clear();
    expect(local.faults.list()).toEqual([]);
    await remote.limits.set({ instancesPerCall: 7 });
    expect(local.limits.get().instancesPerCall).toBe(7);
  });

  it("adds, changes, boots and removes instances", async () => {
    const { local, remote } = await pair(0);
    const { instanceId } = await remote.instances.add({ instanceName: "web", tags: { a: "b" } });
    await remote.clock.advance(60_000);
    expect(local.instances.get(instanceId)).toMatchObject({ power: "Running", tags: { a: "b" } });
    await remote.instances.update(instanceId, { tags: { c: "d" } });
    await remote.instances.agent(instanceId, { mode: "silent" });
    expect(await remote.instances.get(instanceId)).toMatchObject({
      tags: { c: "d" },
      agent: { mode: "silent" },
    });
    await remote.instances.reboot(instanceId);
    await remote.clock.advance(60_000);
    expect((await remote.instances.get(instanceId))!.bootCount).toBe(2);
    await remote.instances.stop(instanceId);
    await remote.clock.advance(60_000);
    expect((await remote.instances.get(instanceId))!.power).toBe("Stopped");
    await remote.instances.boot(instanceId);
    await remote.clock.advance(60_000);
    expect((await remote.instances.get(instanceId))!.power).toBe("Running");
    await remote.instances.remove(instanceId);
    expect(local.instances.list()).toEqual([]);
  });

  it("is told of what happens as it happens", async () => {
    const { local, remote } = await pair();
    const [id] = local.instances.list().map((instance) => instance.instanceId);
    const ended = (of: typeof local | RemoteEmulator) =>
      waitForEvent(of, (event) => event.kind === "task" && event.status === "Success", {
        timeoutMs: 5_000,
      });
    const [seenLocally, seenRemotely] = [ended(local), ended(remote)];
    await signedRequest(local.url, local, runCommand(id!));
    await local.clock.advance(10_000);
    expect(await seenLocally).toMatchObject({ instanceId: id, exitCode: 0 });
    expect(await seenRemotely).toEqual(await seenLocally);
  });

  it("takes a snapshot, starts anew, and goes back to it", async () => {
    const { local, remote } = await pair();
    const [id] = local.instances.list().map((instance) => instance.instanceId);
    await signedRequest(local.url, local, runCommand(id!));
    await remote.clock.advance(10_000);
    const before = await remote.tasks();
    const snapshot = await remote.snapshot();
    await remote.faults.add({ effect: { kind: "hang" } });
    await remote.reset();
    expect(local.tasks()).toEqual([]);
    expect(local.faults.list()).toEqual([]);
    expect(local.requests.list()).toEqual([]);
    expect(local.instances.list()).toHaveLength(2);
    await remote.load(snapshot);
    expect(await remote.tasks()).toEqual(before);
  });

  it("starts anew with the faults, limits and public commands of the options, not with later ones", async () => {
    const local = await emulator({
      ...{ clock, seed: "reset", instances: [{ instanceId: "i-1" }] },
      limits: { instancesPerCall: 5 },
      publicCommands: [{ name: "ACS-Old", type: "RunShellScript", content: "true" }],
      faults: [
        { id: "first", match: { action: "DescribeRegions", nth: 1 }, effect: { kind: "http5xx" } },
        { match: { action: "DescribeCommands", probability: 0.5 }, effect: { kind: "http5xx" } },
      ],
    });
    const remote = await connectEmulator(local.url);
    const statuses = async () => {
      const found: number[] = [];
      for (const action of ["DescribeRegions", ...Array<string>(20).fill("DescribeCommands")]) {
        const params = { RegionId: local.regionId, Provider: "AlibabaCloud" };
        const { status, body } = await signedRequest(local.url, local, { action, params });
        found.push(status, body.TotalCount ?? -1);
      }
      return found;
    };
    const before = await statuses();
    expect(before[0]).toBe(503);
    expect(before).toContain(1);
    await remote.faults.clear();
    const later = { match: { action: "RunCommand" }, effect: { kind: "hang" } } as const;
    await remote.faults.add(later);
    await remote.limits.set({ instancesPerCall: 9, historyDays: 1 });
    await remote.publicCommands.add({ name: "ACS-New", type: "RunShellScript", content: "x" });
    await remote.reset();
    expect(
      (await remote.faults.list()).map(({ id, hits, matched }) => [id, hits, matched]),
    ).toEqual([
      ["first", 0, 0],
      ["fault-1", 0, 0],
    ]);
    expect(await remote.limits.get()).toMatchObject({ instancesPerCall: 5, historyDays: 30 });
    expect(await statuses()).toEqual(before);
  });

  it("is told what is wrong with what it gives, and nothing changes", async () => {
    const { local, remote } = await pair();
    const [id] = local.instances.list().map((instance) => instance.instanceId);
    const before = local.snapshot();
    const wrong: readonly (readonly [() => Promise<unknown>, RegExp])[] = [
      [() => remote.instances.add({ instanceNam: "x" } as never), /instanceNam is not known/],
      [() => remote.instances.add({ tags: { a: 1 } } as never), /tags must be an object of texts/],
      [() => remote.instances.update(id!, { timeZone: "Mars/Phobos" }), /timeZone must be/],
      [() => remote.instances.update(id!, { power: "On" } as never), /"Running" or "Stopped"/],
      [() => remote.instances.agent(id!, { mode: "away" } as never), /mode must be "online"/],
      [
        () =>
          remote.instances.update(id!, { behaviour: { outcome: { kind: "explode" } } } as never),
        /behaviour.outcome.kind is "explode", not one of finish/,
      ],
      [() => remote.limits.set({ historyDay: 3 } as never), /historyDay is not known/],
      [() => remote.limits.set({ historyDays: "3" } as never), /historyDays must be a whole/],
      [() => remote.limits.set({ throttle: { perMinute: -1 } }), /throttle.perMinute must be/],
      [() => remote.publicCommands.add({ name: "x" } as never), /type is missing/],
      [() => remote.load({} as never), /schema is missing; records is missing/],
      [() => remote.load({ schema: 1, records: [{ seq: 1 }] }), /records\[0\].changes is missing/],
    ];
    for (const [attempt, message] of wrong) {
      await expect(attempt()).rejects.toMatchObject({
        code: "InvalidOption",
        message: expect.stringMatching(message) as string,
      });
    }
    expect(local.snapshot()).toEqual(before);
  });

  it("gets the emulator's errors with their code", async () => {
    const { remote } = await pair();
    await expect(remote.instances.boot("i-none")).rejects.toMatchObject({ code: "NotFound" });
    await expect(remote.faults.add({ effect: { kind: "x" } as never })).rejects.toMatchObject({
      name: "EmulatorError",
      code: "InvalidOption",
    });
    await expect(remote.clock.advanceTo("2020-01-01T00:00:00Z")).rejects.toMatchObject({
      code: "ClockRefused",
    });
    await expect(remote.clock.advanceTo("soon")).rejects.toMatchObject({ code: "InvalidOption" });
  });

  it("does not advance a real clock", async () => {
    const local = await emulator();
    const remote = await connectEmulator(local.url);
    await expect(remote.clock.advance(1)).rejects.toMatchObject({
      code: "ClockRefused",
      message: expect.stringContaining("--clock virtual") as string,
    });
  });

  it("is told when nothing, or something else, is there", async () => {
    const gone = await emulator();
    await gone.close();
    await expect(connectEmulator(gone.url)).rejects.toMatchObject({ code: "Unreachable" });
  });
});

describe("the admin address", () => {
  const own = (url: string) => ({ host: new URL(url).host });

  it.each([
    ["a foreign Host, as after DNS rebinding", { host: "evil.example:80" }],
    ["a foreign Origin", { origin: "https://evil.example" }],
    ["a page of another port", { origin: "http://127.0.0.1:1" }],
    ["a browser's cross-site mark", { "sec-fetch-site": "cross-site" }],
    ["a browser's same-site mark", { "sec-fetch-site": "same-site" }],
  ])("refuses %s", async (_what, headers) => {
    const it = await emulator({ instances: 1 });
    const answer = await send(it.url, "POST", "/_emulator/reset", { ...own(it.url), ...headers });
    expect(answer).toMatchObject({ status: 403, body: { error: { code: "Forbidden" } } });
    expect(answer.text).not.toContain(it.accessKeySecret);
  });

  it("refuses by the head alone, whatever body is announced", async () => {
    const it = await emulator();
    const { hostname, port, host } = new URL(it.url);
    const status = await new Promise((resolve, reject) => {
      const headers = { host, origin: "https://evil.example", "content-length": "400000000" };
      const target = { hostname, port, method: "POST", path: "/_emulator/load", headers };
      const sent = request({ ...target, agent: false }, (response) => {
        resolve(response.statusCode);
        sent.destroy();
      });
      sent.on("error", reject);
      sent.write("{");
    });
    expect(status).toBe(403);
  }, 10_000);

  it.each([{}, { "sec-fetch-site": "same-origin" }, { "sec-fetch-site": "none" }])(
    "takes a request of its own (%j)",
    async (headers) => {
      const it = await emulator();
      const answer = await send(it.url, "GET", "/_emulator/health", headers);
      expect(answer).toMatchObject({ status: 200, body: { url: it.url } });
      const origin = { ...own(it.url), origin: it.url };
      expect((await send(it.url, "GET", "/_emulator/clock", origin)).status).toBe(200);
    },
  );

  it.each([
    ["GET", "/_emulator/nothing", "", 404, "NotFound"],
    ["GET", "/_emulator", "", 404, "NotFound"],
    ["PUT", "/_emulator/health", "", 405, "InvalidOption"],
    ["POST", "/_emulator/faults", "{", 400, "InvalidOption"],
    ["POST", "/_emulator/faults", "[]", 400, "InvalidOption"],
    ["POST", "/_emulator/clock", "{}", 400, "InvalidOption"],
    ["GET", "/_emulator/events?afterSeq=x", "", 400, "InvalidOption"],
    ["GET", "/_emulator/instances/%zz", "", 400, "InvalidOption"],
    ["POST", "/_emulator/instances/i-none/boot", "", 404, "NotFound"],
  ])("answers %s %s %s with an error", async (method, target, body, status, code) => {
    const it = await emulator({ clock });
    const headers = { "content-type": "application/json" };
    const answer = await send(it.url, method, target, headers, body);
    expect(answer).toMatchObject({ status, body: { error: { code } } });
  });

  it("takes no form, which any page could send", async () => {
    const it = await emulator();
    const headers = { "content-type": "text/plain" };
    const body = JSON.stringify({ effect: { kind: "hang" } });
    const answer = await send(it.url, "POST", "/_emulator/faults", headers, body);
    expect(answer.status).toBe(400);
    expect(it.faults.list()).toEqual([]);
  });

  it("is no part of the request log", async () => {
    const it = await emulator();
    await send(it.url, "GET", "/_emulator/health", {});
    expect(it.requests.list()).toEqual([]);
  });
});
