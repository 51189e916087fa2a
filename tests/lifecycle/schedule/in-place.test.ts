import type { Emulator } from "cloud-assistant-emulator";
import { rowsOf, startVirtual, stateOf, up, type Kept } from "../../support/lifecycle.js";
import {
  armedMembers,
  changes,
  commandIds,
  fleet,
  idOf,
  living,
  often,
  runsOf,
  script,
  web,
} from "./support/schedules.js";

let emulator: Emulator;
afterEach(() => emulator.close());

const env = { CLOUD_ASSISTANT_MAX_INSTANCES_PER_CALL: "2" };
const base = { script, targets: web, schedule: often };

async function armed(inputs: Record<string, unknown> = base, count = 3): Promise<Kept> {
  emulator = await startVirtual({ instances: fleet(count) });
  const { kept } = await up(emulator, undefined, inputs, { env });
  emulator.requests.clear();
  return kept!;
}

const change = (kept: Kept, inputs: Record<string, unknown>) => up(emulator, kept, inputs, { env });

test("another cron is changed in place on every shard, and no tick of either is missed", async () => {
  const kept = await armed();
  await emulator.clock.advanceTo("2026-03-02T08:14:30Z");
  const before = living(emulator).map((one) => one.invokeId);
  const second = await change(kept, { ...base, schedule: { ...often, cron: "0 */5 * * * ?" } });
  expect(second.failure).toBeUndefined();
  expect(second.lines).toContain("run: changed in place, without a missed run: schedule");
  expect(changes(emulator)).toEqual([
    "ModifyInvocationAttribute",
    "ModifyInvocationAttribute",
    "TagResources",
  ]);
  expect(living(emulator).map((one) => one.invokeId)).toEqual(before);
  await emulator.clock.advanceTo("2026-03-02T08:25:30Z");
  for (const id of [1, 2, 3]) {
    expect(runsOf(emulator, idOf(id))).toEqual([
      "2026-03-02T08:10:00Z",
      "2026-03-02T08:15:00Z",
      "2026-03-02T08:20:00Z",
      "2026-03-02T08:25:00Z",
    ]);
  }
  emulator.requests.clear();
  const third = await change(second.kept!, {
    ...base,
    schedule: { ...often, cron: "0 */5 * * * ?" },
  });
  expect(third.operation).toBe("same");
});

test("a changed script is sent in place; what runs with the old one goes on, and nothing is kept", async () => {
  const kept = await armed();
  const commands = await commandIds(emulator);
  const second = await change(kept, { ...base, script: { content: "echo other\n" } });
  expect(changes(emulator)).toEqual([
    "ModifyInvocationAttribute",
    "ModifyInvocationAttribute",
    "TagResources",
  ]);
  const [request] = emulator.requests.list({ action: "ModifyInvocationAttribute" });
  expect(Buffer.from(request!.params.CommandContent!, "base64").toString()).toBe("echo other\n");
  // Each shard has the one of its execution, which goes with it.
  expect(await commandIds(emulator)).toHaveLength(commands.length);
  expect(stateOf(second.kept).commandContentHash).not.toBe(stateOf(kept).commandContentHash);
});

test("changed parameters are sent in place, and taking them all out sends none", async () => {
  const greeting = { content: "echo {{who}}\n" };
  const first = { ...base, script: greeting, parameters: { who: "one" } };
  const kept = await armed(first);
  const second = await change(kept, { ...first, parameters: { who: "two" } });
  const sent = emulator.requests.list({ action: "ModifyInvocationAttribute" });
  expect(sent.map((entry) => entry.params.Parameters)).toEqual(['{"who":"two"}', '{"who":"two"}']);
  emulator.requests.clear();
  const third = await change(second.kept!, base);
  expect(third.failure).toBeUndefined();
  const [last] = emulator.requests.list({ action: "ModifyInvocationAttribute" });
  expect(last!.params).toMatchObject({ Parameters: "{}", EnableParameter: "false" });
  expect((await change(third.kept!, base)).operation).toBe("same");
});

test("there and back and there again changes each time, although each was asked for before", async () => {
  let kept = await armed();
  for (const cron of ["0 0 1 * * ?", "0 0 2 * * ?", "0 0 1 * * ?", "0 0 2 * * ?"]) {
    const end = await change(kept, { ...base, schedule: { ...often, cron } });
    kept = end.kept!;
    expect(living(emulator).map((one) => one.frequency)).toEqual([`${cron} UTC`, `${cron} UTC`]);
  }
  expect(new Set(living(emulator).map((one) => one.tags["pulumi-cloud-assistant:hash"]))).toEqual(
    new Set([stateOf(kept).inputHash]),
  );
});

test("a shard with an agent that is too old for it is stopped and armed anew instead", async () => {
  emulator = await startVirtual({
    instances: [...fleet(2), { ...fleet(3)[2]!, agent: { version: "2.2.3.500" } }],
  });
  const { kept } = await up(emulator, undefined, base, { env });
  emulator.requests.clear();
  const end = await change(kept!, { ...base, schedule: { ...often, cron: "0 */5 * * * ?" } });
  expect(end.failure).toBeUndefined();
  expect(changes(emulator)).toEqual([
    "ModifyInvocationAttribute",
    "ModifyInvocationAttribute",
    "StopInvocation",
    "RunCommand i-0003",
    "TagResources",
    "TagResources",
  ]);
  expect(rowsOf(end.kept)[idOf(3)]).toMatchObject({ status: "Scheduled", batch: 2 });
  expect(armedMembers(emulator)).toEqual([idOf(1), idOf(2), idOf(3)]);
  expect(
    (await change(end.kept!, { ...base, schedule: { ...often, cron: "0 */5 * * * ?" } })).operation,
  ).toBe("same");
});

test.each(["wait", "successExitCodes", "readiness"])("a changed %s is only saved", async (name) => {
  const kept = await armed();
  const value = { wait: { timeout: 400 }, successExitCodes: [0, 1], readiness: { wait: 5 } }[name];
  const end = await change(kept, { ...base, [name]: value });
  expect(end.operation).toBe("update");
  expect(changes(emulator)).toEqual([]);
  expect(end.kept!.outputs[name]).toEqual(value);
});
