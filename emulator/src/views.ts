import { isOnline, lastHeartbeat } from "./control/machine-view.js";
import { aggregateStatus } from "./control/status.js";
import type { Limits } from "./limits.js";
import type { InstanceView, InvocationView, TaskView } from "./service-api.js";
import type { InstanceRecord, InvocationRecord, Outcome } from "./state/records.js";
import type { Realm } from "./state/realm.js";

/** The emulator's own truth, as its owner sees it. */

export function instanceView(
  realm: Realm,
  instance: InstanceRecord,
  nowMs: number,
  limits: Limits,
): InstanceView {
  const { agent } = instance;
  const last = lastHeartbeat(instance, nowMs, limits);
  return {
    instanceId: instance.id,
    instanceName: instance.name,
    accountId: realm.accountId,
    regionId: realm.regionId,
    zoneId: instance.zoneId,
    osType: instance.osType,
    backend: instance.backend,
    managed: instance.managed,
    tags: instance.tags,
    resourceGroupId: instance.resourceGroupId,
    timeZone: instance.timeZone,
    power: instance.power,
    bootId: instance.bootId,
    bootCount: instance.bootCount,
    agent: {
      installed: agent.installed,
      version: agent.version,
      mode: agent.mode,
      fault: agent.fault,
      online: isOnline(instance, nowMs, limits),
      lastHeartbeat: last === undefined ? "" : new Date(last).toISOString(),
    },
  };
}

export function invocationViews(realm: Realm): InvocationView[] {
  return [...realm.invocations.values()].map((invocation) => {
    const tasks = [...realm.tasksOf(invocation.id).values()];
    return {
      accountId: realm.accountId,
      regionId: realm.regionId,
      invokeId: invocation.id,
      commandId: invocation.commandId,
      repeatMode: invocation.repeatMode,
      frequency: invocation.frequency,
      status: aggregateStatus(tasks.map(({ status }) => status)),
      tags: invocation.tags,
      createdAt: new Date(invocation.createdAt).toISOString(),
      instances: tasks.map((task) => ({
        instanceId: task.instanceId,
        status: task.status,
        repeats: task.repeats,
        ...exitCode(task),
        errorCode: task.errorCode ?? "",
      })),
    };
  });
}

/** A row for every execution: a schedule has one for each run, and one while none has begun. */
export function taskViews(realm: Realm): TaskView[] {
  const views: TaskView[] = [];
  for (const invocation of realm.invocations.values()) {
    const repeats = invocation.repeatMode === "Period" || invocation.repeatMode === "EveryReboot";
    for (const run of realm.runs.of(invocation.id)) {
      views.push(taskView(realm, invocation, run));
    }
    for (const task of realm.tasksOf(invocation.id).values()) {
      // The latest run of a schedule is among the past ones as soon as it has ended.
      if (repeats && task.run > 0 && task.inFlight !== true) continue;
      views.push(taskView(realm, invocation, task));
    }
  }
  return views;
}

function taskView(
  realm: Realm,
  invocation: InvocationRecord,
  row: Outcome & { readonly instanceId: string; readonly run: number; readonly status: string },
): TaskView {
  const { startedAt, finishedAt } = row;
  return {
    accountId: realm.accountId,
    regionId: realm.regionId,
    invokeId: invocation.id,
    commandId: invocation.commandId,
    instanceId: row.instanceId,
    repeatMode: invocation.repeatMode,
    tags: invocation.tags,
    run: row.run,
    status: row.status,
    ...exitCode(row),
    errorCode: row.errorCode ?? "",
    acceptedAt: new Date(invocation.createdAt).toISOString(),
    ...(startedAt === undefined ? {} : { startedAt: new Date(startedAt).toISOString() }),
    ...(finishedAt === undefined ? {} : { finishedAt: new Date(finishedAt).toISOString() }),
  };
}

function exitCode(outcome: Outcome): { exitCode?: number } {
  return outcome.exitCode === undefined ? {} : { exitCode: outcome.exitCode };
}
