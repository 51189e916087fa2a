import type { InstanceStatus } from "cloud-assistant-api";
import type { Change } from "../state/change.js";
import type { Outcome, RunRecord, TaskRecord } from "../state/records.js";
import type { Realm } from "../state/realm.js";
import type { ControlContext } from "./context.js";
import { excessHistory } from "./retention.js";
import { isFinal } from "./status.js";

export type TaskUpdate = {
  readonly task: TaskRecord;
  /** A run of a schedule that has just ended. */
  readonly run?: RunRecord;
};

/** Commits new states of tasks, with what follows from them for their invocation. */
export class Tasks {
  constructor(private readonly context: ControlContext) {}

  put(realm: Realm, update: TaskUpdate): void {
    const { store, clock, limits } = this.context;
    const nowMs = clock.now();
    const before = realm.task(update.task.invokeId, update.task.instanceId);
    const changed = before?.status !== update.task.status;
    const task = changed ? { ...update.task, updatedAt: nowMs } : update.task;
    const changes: Change[] = [{ put: "task", value: task }];
    if (update.run !== undefined) changes.push({ put: "run", value: update.run });
    if (changed && isFinal(task.status)) changes.push(...finishInvocation(realm, task, nowMs));
    if (changes.length > 1) changes.push(...excessHistory(realm, changes, limits()));
    store.commit(realm, nowMs, changes);
    this.tell(realm, task, update.run, changed, nowMs);
  }

  /** Ends a task before it could run, or because nobody will ever report on it. */
  close(
    realm: Realm,
    task: TaskRecord,
    status: InstanceStatus,
    outcome: Outcome = {},
    run?: RunRecord,
  ): void {
    const { inFlight: _inFlight, ...rest } = task;
    this.put(realm, {
      task: { ...rest, ...outcome, status },
      ...(run === undefined ? {} : { run }),
    });
  }

  private tell(
    realm: Realm,
    task: TaskRecord,
    run: RunRecord | undefined,
    changed: boolean,
    nowMs: number,
  ): void {
    const { events } = this.context;
    const { invokeId, instanceId } = task;
    if (run !== undefined) {
      events.add(realm, nowMs, {
        kind: "run",
        invokeId,
        instanceId,
        run: run.run,
        status: run.status,
        startedAt: new Date(run.startedAt ?? nowMs).toISOString(),
        ...verdict(run),
      });
    }
    if (!changed) return;
    events.add(realm, nowMs, {
      kind: "task",
      invokeId,
      instanceId,
      run: task.run,
      status: task.status,
      ...verdict(task),
    });
  }
}

/** When the last task of an invocation ends, it is over, and a command that was not kept goes. */
function finishInvocation(realm: Realm, task: TaskRecord, nowMs: number): Change[] {
  const invocation = realm.invocations.get(task.invokeId);
  if (invocation === undefined || invocation.finishedAt !== undefined) return [];
  for (const other of realm.tasksOf(task.invokeId).values()) {
    if (other.instanceId !== task.instanceId && !isFinal(other.status)) return [];
  }
  const changes: Change[] = [{ put: "invocation", value: { ...invocation, finishedAt: nowMs } }];
  const command = realm.commands.get(invocation.commandId);
  if (command?.kept === false) changes.push({ del: "command", id: command.id });
  return changes;
}

function verdict(outcome: Outcome): { exitCode?: number; errorCode?: string } {
  const { exitCode, errorCode } = outcome;
  return {
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(errorCode === undefined || errorCode === "" ? {} : { errorCode }),
  };
}
