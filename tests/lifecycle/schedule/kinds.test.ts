/** The whole life of each kind of schedule, call by call. */
import type { Emulator } from "cloud-assistant-emulator";
import { destroy, refresh, startVirtual, stateOf, up } from "../../support/lifecycle.js";
import {
  armedMembers,
  changes,
  commandIds,
  expectNeverTwoAtOnce,
  fleet,
  idOf,
  reads,
  script,
  web,
} from "./support/schedules.js";

let emulator: Emulator;
afterEach(() => emulator.close());

const kinds: [string, Record<string, unknown>][] = [
  ["cron", { cron: "0 0 3 * * ?", timezone: "Asia/Shanghai" }],
  ["cron by each machine's clock", { cron: "0 0 3 * * ?", timezone: "instance" }],
  ["rate", { rate: "6h" }],
  ["at", { at: "2026-03-09T03:00:00+08:00" }],
  ["boot next", { boot: "next" }],
  ["boot every", { boot: "every" }],
];

test.each(kinds)("%s: armed, left alone, changed, renewed, stopped", async (_kind, schedule) => {
  emulator = await startVirtual({ instances: fleet(2) });
  const inputs = { script, targets: web, schedule };
  const calls = (): string[] => {
    const made = changes(emulator);
    emulator.requests.clear();
    return made;
  };

  const created = await up(emulator, undefined, inputs);
  expect(created.failure).toBeUndefined();
  expect(calls()).toEqual(["RunCommand i-0001 i-0002"]);
  expect(stateOf(created.kept)).toMatchObject({ status: "Scheduled", armed: true });

  expect((await up(emulator, created.kept, inputs)).operation).toBe("same");
  expect(reads(emulator).filter((action) => action.includes("Invocation"))).toEqual([
    "DescribeInvocations",
  ]);
  const refreshed = await refresh(emulator, created.kept!);
  expect(refreshed.outputs).toEqual(created.kept!.outputs);
  expect((await up(emulator, refreshed, inputs)).operation).toBe("same");
  expect(calls()).toEqual([]);

  const other = { ...inputs, script: { content: "echo other\n" } };
  const changed = await up(emulator, refreshed, other);
  expect(changed.failure).toBeUndefined();
  expect(calls()).toEqual(["ModifyInvocationAttribute", "TagResources"]);

  const renewed = await up(emulator, changed.kept, { ...other, timeout: 120 });
  expect(renewed.failure).toBeUndefined();
  expect(calls()).toEqual(["StopInvocation", "RunCommand i-0001 i-0002", "TagResources"]);
  expect(armedMembers(emulator)).toEqual([idOf(1), idOf(2)]);

  await destroy(emulator, renewed.kept!);
  expect(calls()).toEqual(["StopInvocation", "TagResources"]);
  expect(armedMembers(emulator)).toEqual([]);
  expect(await commandIds(emulator)).toEqual([]);
  expectNeverTwoAtOnce(emulator);
});
