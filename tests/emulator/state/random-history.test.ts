import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { aggregateStatus, isFinal } from "../../../emulator/src/control/status.js";
import { Store } from "../../../emulator/src/state/store.js";
import { openBack, tag, type Back } from "../support/back.js";

const IDS = ["i-1", "i-2", "i-3", "mi-1"];

/** One thing that someone, or fate, does to an emulator. Refusals are fine, failures are not. */
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant("advance"), by: fc.integer({ min: 0, max: 400 }) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("run"),
      ids: fc.subarray(IDS, { minLength: 1 }),
      mode: fc.constantFrom(
        "",
        "rate(1m)",
        "0 */2 * * * ?",
        "NextRebootOnly",
        "EveryReboot",
        "0 0 22-6 * * ?",
      ),
      text: fc.constantFrom("ok", "fail", "long", "hang", "reboot", "vanish", "refused"),
      keep: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom("stop", "modify", "tag"),
      which: fc.nat(20),
      id: fc.option(fc.constantFrom(...IDS), { nil: undefined }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        "StartInstance",
        "StopInstance",
        "RebootInstance",
        "InstallCloudAssistant",
      ),
      id: fc.constantFrom(...IDS),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("agent"),
      id: fc.constantFrom(...IDS),
      patch: fc.constantFrom(
        { mode: "offline" },
        { mode: "silent" },
        { mode: "online" },
        { restart: true },
        { installed: false },
        { installed: true },
        { fault: "reports-twice" },
        { fault: "reports-never" },
        { fault: "none" },
      ),
    }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const SIM = {
  rules: [
    { contains: "fail", afterMs: 3_000, outcome: { kind: "finish", exitCode: 3, output: "x" } },
    { contains: "long", afterMs: 45_000, outcome: { kind: "finish", exitCode: 0, output: "é" } },
    { contains: "hang", outcome: { kind: "never" } },
    { contains: "reboot", attempt: 1, afterMs: 500, outcome: { kind: "finish", exitCode: 194 } },
    { contains: "vanish", afterMs: 20_000, outcome: { kind: "machine", does: "release" } },
    { contains: "refused", outcome: { kind: "invalid", errorCode: "AccountNotExists" } },
  ],
} as const;

const open = (data: string): Promise<Back> =>
  openBack({
    data,
    sim: SIM,
    limits: { historyRecords: 30 },
    instances: IDS.map((instanceId) => ({ instanceId, timeZone: "UTC" })),
  });

async function take(back: Back, one: Step): Promise<void> {
  const invocations = (): any[] =>
    back.ok("DescribeInvocations", { MaxResults: 50 }).Invocations.Invocation;
  const ids = "which" in one ? invocations().map(({ InvokeId }) => InvokeId) : [];
  const InvokeId = "which" in one && ids.length > 0 ? ids[one.which % ids.length] : "t-none";
  switch (one.kind) {
    case "advance":
      if ("by" in one) await back.advance(one.by);
      return;
    case "run":
      if (!("mode" in one)) return;
      back.call("RunCommand", {
        Type: "RunShellScript",
        CommandContent: one.text,
        InstanceId: one.ids,
        Timeout: 50,
        KeepCommand: one.keep,
        ...(/Reboot/.test(one.mode) ? { RepeatMode: one.mode } : {}),
        ...(/[( ]/.test(one.mode) ? { Frequency: one.mode } : {}),
      });
      return;
    case "stop":
      back.call("StopInvocation", {
        InvokeId,
        ...("id" in one && one.id !== undefined && { InstanceId: [one.id] }),
      });
      return;
    case "modify":
      back.call("ModifyInvocationAttribute", {
        InvokeId,
        CommandContent: "ok",
        ...("id" in one && one.id !== undefined && { InstanceId: [one.id] }),
      });
      return;
    case "tag":
      back.call("TagResources", {
        ResourceType: "invocation",
        ResourceId: [InvokeId],
        Tag: [tag("a", "1")],
      });
      return;
    case "agent":
      if ("patch" in one && back.service.admin.instances.get(one.id) !== undefined) {
        back.service.admin.instances.agent(one.id, one.patch);
      }
      return;
    default:
      if ("id" in one && one.id !== undefined) {
        back.call(one.kind, {
          InstanceId: one.kind === "InstallCloudAssistant" ? [one.id] : one.id,
        });
      }
  }
}

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

test("whatever happens, the journal tells the same as the memory, and it can be gone on from", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
      const folder = mkdtempSync(join(tmpdir(), "random-"));
      let back = await open(join(folder, "data"));
      const last = new Map<string, string>();
      back.service.admin.events.subscribe((event) => {
        if (event.kind !== "task") return;
        const key = `${event.invokeId} ${event.instanceId}`;
        expect(isFinal((last.get(key) ?? "Pending") as never)).toBe(false);
        last.set(key, event.status);
      });
      try {
        for (const one of steps) await take(back, one);
        await back.settle();
        const { records } = back.service.admin.snapshot();
        cpSync(join(folder, "data"), join(folder, "copy"), { recursive: true });
        rmSync(join(folder, "copy/lock"));
        const store = Store.open({ folder: join(folder, "copy"), seed: "" });
        const changes = (entries: Iterable<any>) =>
          [...entries].flatMap((entry: any) => plain(entry.changes) as unknown[]);
        expect(changes(store.entries())).toEqual(changes(records as Iterable<any>));
        store.close();

        await back.close();
        back = await open(join(folder, "data"));
        expectNothingStuck(back);
        await back.advance(7_200);
        expectNothingStuck(back);
      } finally {
        await back.close();
        rmSync(folder, { recursive: true });
      }
    }),
    { numRuns: 60 },
  );
}, 300_000);

/** Statuses agree with each other; what is final has an end; what runs runs on a machine. */
function expectNothingStuck(back: Back): void {
  for (const invocation of back.service.admin.invocations()) {
    const statuses = invocation.instances.map((one) => one.status as never);
    expect(invocation.status).toBe(aggregateStatus(statuses));
    for (const { instanceId, status, repeats } of invocation.instances) {
      const machine = back.service.admin.instances.get(instanceId);
      if (status === "Running")
        expect([instanceId, machine?.power]).toEqual([instanceId, "Running"]);
      if (status === "Success") expect(repeats).toBeGreaterThan(0);
      if (machine === undefined) expect(isFinal(status as never)).toBe(true);
    }
  }
}
