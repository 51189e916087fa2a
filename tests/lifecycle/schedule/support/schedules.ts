import type { Emulator, InstanceSeed, InvocationView } from "cloud-assistant-emulator";
import { createApis } from "../../../../provider/src/client/apis.js";
import { resolveSettings } from "../../../../provider/src/client/configuration.js";
import type { CloudApi } from "../../../../provider/src/client/port.js";
import { idsIn, mutatingActions, virtualClock } from "../../../support/lifecycle.js";

// The first call of a file loads the SDK, which may take a busy machine some seconds.
jest.setTimeout(60_000);

export const idOf = (n: number): string => `i-${String(n).padStart(4, "0")}`;

export function fleet(count: number, more: Partial<InstanceSeed> = {}): InstanceSeed[] {
  return Array.from({ length: count }, (_, n) => ({
    instanceId: idOf(n + 1),
    tags: { role: "web" },
    timeZone: "UTC",
    ...more,
  }));
}

export const web = { tags: { role: "web" } };
export const script = { content: "echo hello\n" };
/** Every ten minutes. */
export const often = { cron: "0 */10 * * * ?", timezone: "UTC" };
export const nightly = { cron: "0 30 2 * * ?", timezone: "Asia/Shanghai" };

const livingStatuses = ["Pending", "Running", "Scheduled", "Stopping"];

/** Invocations of which something is armed or running, by the emulator's own truth. */
export function living(emulator: Emulator): InvocationView[] {
  return emulator.invocations().filter((one) => livingStatuses.includes(one.status));
}

/** Who is armed by what, by the emulator's own truth: a machine twice is a schedule too many. */
export function armedMembers(emulator: Emulator): string[] {
  return living(emulator)
    .flatMap((one) => one.instances)
    .filter((one) => livingStatuses.includes(one.status))
    .map((one) => one.instanceId)
    .sort();
}

/** Nothing is doubled: at no time was a machine armed by two schedules. */
export function expectNeverTwoAtOnce(emulator: Emulator): void {
  const { machines, doubled } = armings(emulator);
  expect(machines).toBeGreaterThan(0);
  expect(doubled).toEqual([]);
}

/** How many machines were armed at all, and where one was by two schedules at once. */
export function armings(emulator: Emulator): { machines: number; doubled: string[] } {
  const armed = new Map<string, Set<string>>();
  const doubled: string[] = [];
  for (const event of emulator.events.list()) {
    if (event.kind !== "task") continue;
    const { instanceId, invokeId, status } = event;
    const by = armed.get(instanceId) ?? new Set<string>();
    armed.set(instanceId, by);
    if (status === "Scheduled" || status === "Running") by.add(invokeId);
    else if (status !== "Stopping") by.delete(invokeId);
    if (by.size > 1) doubled.push(`${instanceId} by ${[...by].join(" and ")} at ${event.at}`);
  }
  return { machines: armed.size, doubled };
}

/** Calls that changed something, with whom they name. */
export function changes(emulator: Emulator): string[] {
  return emulator.requests
    .list({ action: mutatingActions })
    .map((entry) => [entry.action, ...idsIn(entry.params)].join(" "));
}

export function reads(emulator: Emulator): string[] {
  return emulator.requests
    .list()
    .map((entry) => entry.action)
    .filter((action) => !mutatingActions.includes(action));
}

/** When a machine has run, as ISO 8601 in whole seconds, and what it printed. */
export function runsOf(emulator: Emulator, instanceId: string): string[] {
  const runs = emulator.events
    .list()
    .flatMap((event) =>
      event.kind === "run" && event.instanceId === instanceId ? [event.startedAt] : [],
    );
  return runs.map((at) => at.replace(/\.\d+Z$/, "Z"));
}

/** When anything began on a machine, boot plans of one run included, in whole seconds. */
export function startsOf(emulator: Emulator, instanceId: string): string[] {
  return emulator.events
    .list()
    .flatMap((event) =>
      event.kind === "task" && event.instanceId === instanceId && event.status === "Running"
        ? [event.at.replace(/\.\d+Z$/, "Z")]
        : [],
    );
}

/** The commands that the account has, those of living executions included. */
export async function commandIds(emulator: Emulator): Promise<string[]> {
  const answer = await apiOf(emulator).call("DescribeCommands", {
    contentEncoding: "Base64",
    maxResults: 50,
  });
  return (answer.commands?.command ?? []).map((one) => one.commandId ?? "").sort();
}

/** Somebody else with the same credentials: a colleague in the console. */
export function apiOf(emulator: Emulator): CloudApi {
  const env = {
    CLOUD_ASSISTANT_ENDPOINT: emulator.url,
    CLOUD_ASSISTANT_REGION: emulator.regionId,
    CLOUD_ASSISTANT_ACCESS_KEY_ID: emulator.accessKeyId,
    CLOUD_ASSISTANT_ACCESS_KEY_SECRET: emulator.accessKeySecret,
  };
  const apis = createApis({
    clock: virtualClock(emulator),
    random: () => 0.5,
    version: "0.0.0-test",
    redact: (text) => text,
    debug: undefined,
  });
  return apis.for(
    resolveSettings(env, () => undefined),
    emulator.regionId,
  );
}
