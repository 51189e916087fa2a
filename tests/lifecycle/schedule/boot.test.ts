import type { Emulator } from "cloud-assistant-emulator";
import {
  destroy,
  newProcess,
  refresh,
  rowsOf,
  startVirtual,
  stateOf,
  up,
  type Kept,
} from "../../support/lifecycle.js";
import {
  apiOf,
  armedMembers,
  changes,
  fleet,
  idOf,
  living,
  script,
  startsOf,
  web,
} from "./support/schedules.js";

let emulator: Emulator;
afterEach(() => emulator.close());

const plan = (boot: "next" | "every") => ({ script, targets: web, schedule: { boot } });

async function armed(boot: "next" | "every"): Promise<Kept> {
  emulator = await startVirtual({ instances: fleet(3) });
  const { kept } = await up(emulator, undefined, plan(boot));
  emulator.requests.clear();
  return kept!;
}

async function reboot(n: number): Promise<void> {
  emulator.instances.reboot(idOf(n));
  await emulator.clock.advance(10_000);
}

test("a boot plan is armed at once, and says that nothing here reboots a machine", async () => {
  emulator = await startVirtual({ instances: fleet(2) });
  const { kept, lines } = await up(emulator, undefined, plan("next"));
  const [sent] = emulator.requests.list({ action: "RunCommand" });
  expect(sent!.params).toMatchObject({ RepeatMode: "NextRebootOnly" });
  expect(sent!.params.Frequency).toBeUndefined();
  expect(stateOf(kept).status).toBe("Scheduled");
  expect(lines).toContain(
    "run: runs once, at the next start of each machine; nothing here reboots them",
  );
});

test("machines that are down are armed like the others, since their next start is what it waits for", async () => {
  emulator = await startVirtual({ instances: fleet(2, { power: "Stopped" }) });
  const { kept, failure } = await up(emulator, undefined, plan("next"));
  expect(failure).toBeUndefined();
  expect(armedMembers(emulator)).toEqual([idOf(1), idOf(2)]);
  emulator.instances.boot(idOf(1));
  await emulator.clock.advance(10_000);
  const refreshed = await refresh(emulator, kept!);
  expect(rowsOf(refreshed)[idOf(1)]).toMatchObject({ status: "Success", exitCode: 0 });
  expect(rowsOf(refreshed)[idOf(2)]).toMatchObject({ status: "Scheduled" });
});

test("rows say who has fired and when, and a next-boot that has fired everywhere is finished", async () => {
  const kept = await armed("next");
  await reboot(2);
  const one = await refresh(emulator, kept);
  expect(stateOf(one)).toMatchObject({ status: "Scheduled", armed: true });
  expect(rowsOf(one)[idOf(2)]).toMatchObject({
    status: "Success",
    startedAt: expect.stringContaining("2026-03-02T08:00:"),
  });
  expect(rowsOf(one)[idOf(1)]!.startedAt).toBeUndefined();
  expect((await up(emulator, one, plan("next"))).operation).toBe("same");
  await reboot(1);
  await reboot(3);
  // What happened since the last refresh is no change.
  expect((await up(emulator, one, plan("next"))).operation).toBe("same");
  const all = await refresh(emulator, one);
  expect(stateOf(all).status).toBe("Finished");
  emulator.requests.clear();
  expect((await up(emulator, all, plan("next"))).operation).toBe("same");
  expect(emulator.requests.list()).toEqual([]);
  expect(stateOf(await refresh(emulator, all)).status).toBe("Finished");
});

test("a preview with something to do says how many had fired at the last refresh", async () => {
  const kept = await armed("next");
  await reboot(2);
  const refreshed = await refresh(emulator, kept);
  const end = await up(emulator, refreshed, { ...plan("next"), script: { content: "echo new\n" } });
  expect(end.lines).toContain(
    "run: 1 of 3 had fired at the last refresh; nothing here reboots a machine",
  );
  expect(changes(emulator)).toEqual(["ModifyInvocationAttribute", "TagResources"]);
  // What has fired is done; those that have not run the new script.
  expect(armedMembers(emulator)).toEqual([idOf(1), idOf(3)]);
  expect(rowsOf(end.kept)[idOf(2)]!.status).toBe("Success");
});

test("a finished next-boot with another script is armed anew on all of them", async () => {
  const kept = await armed("next");
  for (const n of [1, 2, 3]) await reboot(n);
  const refreshed = await refresh(emulator, kept);
  emulator.requests.clear();
  const end = await up(emulator, refreshed, { ...plan("next"), script: { content: "echo new\n" } });
  expect(end.failure).toBeUndefined();
  expect(changes(emulator)).toEqual(["RunCommand i-0001 i-0002 i-0003", "TagResources"]);
  expect(stateOf(end.kept).status).toBe("Scheduled");
});

test("every boot fires at each start; its rows keep the last one, and it stays scheduled", async () => {
  const kept = await armed("every");
  await reboot(1);
  await reboot(1);
  const refreshed = await refresh(emulator, kept);
  expect(stateOf(refreshed).status).toBe("Scheduled");
  expect(rowsOf(refreshed)[idOf(1)]).toMatchObject({ status: "Scheduled", exitCode: 0 });
  expect(rowsOf(refreshed)[idOf(1)]!.startedAt).toBeDefined();
  expect((await up(emulator, refreshed, plan("every"))).operation).toBe("same");
  const ran = emulator.tasks().filter((task) => task.instanceId === idOf(1) && task.run > 0);
  expect(ran.map((task) => task.run)).toContain(2);
});

test("a next-boot that was cancelled by hand is armed again, and who had fired is not", async () => {
  const kept = await armed("next");
  await reboot(2);
  const [one] = living(emulator);
  await apiOf(emulator).call("StopInvocation", { invokeId: one!.invokeId });
  await emulator.clock.advance(1_000);
  emulator.requests.clear();
  const end = await up(emulator, kept, plan("next"));
  expect(changes(emulator)).toEqual(["RunCommand i-0001 i-0003"]);
  expect(end.failure).toBeUndefined();
  expect(armedMembers(emulator)).toEqual([idOf(1), idOf(3)]);
});

test("destroy cancels what has not fired", async () => {
  const kept = await armed("next");
  await reboot(2);
  await destroy(emulator, kept);
  expect(armedMembers(emulator)).toEqual([]);
  await reboot(1);
  expect(emulator.tasks().filter((task) => task.run > 0)).toHaveLength(1);
});

test("a next-boot that is suspended and armed again leaves alone who had fired", async () => {
  const kept = await armed("next");
  await reboot(2);
  const suspended = { ...plan("next"), schedule: { boot: "next", suspend: true } };
  const second = await up(emulator, kept, suspended);
  expect(second.failure).toBeUndefined();
  expect(stateOf(second.kept)).toMatchObject({ status: "Suspended", armed: false });
  expect(rowsOf(second.kept)[idOf(2)]).toMatchObject({ status: "Success", exitCode: 0 });
  emulator.requests.clear();
  const third = await up(emulator, second.kept, plan("next"));
  expect(third.failure).toBeUndefined();
  expect(changes(emulator)).toEqual(["RunCommand i-0001 i-0003"]);
  for (const n of [1, 2, 3]) await reboot(n);
  expect([1, 2, 3].map((n) => startsOf(emulator, idOf(n)).length)).toEqual([1, 1, 1]);
  expect(stateOf(await refresh(emulator, third.kept!)).status).toBe("Finished");
});

test.each([
  ["suspended", { ...plan("next"), schedule: { boot: "next", suspend: true } }],
  ["renewed", { ...plan("next"), workingDir: "/srv" }],
])(
  "a machine that starts while its next-boot is being %s has fired, and is not armed again",
  async (_name, inputs) => {
    const kept = await armed("next");
    const process = newProcess(emulator, {
      around: (raw) => async (action, request) => {
        if (action === "StopInvocation") await reboot(2);
        return raw(action, request);
      },
    });
    const second = await up(emulator, kept, inputs, { process });
    expect(second.failure).toBeUndefined();
    expect(rowsOf(second.kept)[idOf(2)]).toMatchObject({ status: "Success", attempt: 1 });
    const third = await up(emulator, second.kept, { ...inputs, schedule: { boot: "next" } });
    expect(third.failure).toBeUndefined();
    expect(armedMembers(emulator)).toEqual([idOf(1), idOf(3)]);
    for (const n of [1, 2, 3]) await reboot(n);
    expect([1, 2, 3].map((n) => startsOf(emulator, idOf(n)).length)).toEqual([1, 1, 1]);
  },
);

test("machines that all start before their next-boot is changed in place have fired, and it is finished", async () => {
  const kept = await armed("next");
  const process = newProcess(emulator, {
    around: (raw) => async (action, request) => {
      if (action === "ModifyInvocationAttribute") for (const n of [1, 2, 3]) await reboot(n);
      return raw(action, request);
    },
  });
  const other = { ...plan("next"), script: { content: "echo other\n" } };
  const end = await up(emulator, kept, other, { process });
  expect(end.failure).toBeUndefined();
  expect(stateOf(end.kept).status).toBe("Finished");
  expect(changes(emulator)).toEqual(["ModifyInvocationAttribute"]);
  expect((await up(emulator, end.kept, other)).operation).toBe("same");
});
