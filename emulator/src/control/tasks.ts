import type { InstanceStatus } from "cloud-assistant-api";
import type { Change } from "../state/change.js";
import type { Outcome, RunRecord, TaskRecord } from "../state/records.js";
import type { Realm } from "../state/realm.js";
import type { ControlContext } from "./context.js";
import { excessHistory } from "./retention.js";
import { isFinal } from "./status.js";
import { ended } from "./task-steps.js";
import { mayFollow } from "./transitions.js";

/** Commits new states of tasks, with what follows from them for their invocation. */
export class Tasks {
  constructor(private readonly context: ControlContext) {}

  put(realm: Realm, next: TaskRecord, run?: RunRecord): void {
    const { store, clock, limits } = this.context;
    const nowMs = clock.now();
    const before = realm.task(next.invokeId, next.instanceId)?.status;
    if (before !== undefined && !mayFollow(before, next.status)) {
      this.context.log?.error({ before, next }, "a step that no task takes was not taken");
      return;
    }
    const changed = before !== next.status;
    const task = changed && next.updatedAt !== nowMs ? { ...next, updatedAt: nowMs } : next;
    const changes: Change[] = [{ put: "task", value: task }];
    if (run !== undefined) changes.push({ put: "run", value: run });
    if (changed && isFinal(task.status)) finishInvocation(realm, task, nowMs, changes);
    if (changes.length > 1) changes.push(...excessHistory(realm, changes, limits()));
    store.commit(realm, nowMs, changes);
    this.tell(realm, task, run, changed, nowMs);
  }

  /** Ends a run or a task; its outcome takes the place of the one before. */
  close(
    realm: Realm,
    task: TaskRecord,
    status: InstanceStatus,
    outcome: Outcome = {},
    run?: RunRecord,
  ): void {
    this.put(realm, ended(task, status, outcome, this.context.clock.now()), run);
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
        startedAtMs: run.startedAt ?? nowMs,
        exitCode: run.exitCode,
        errorCode: run.errorCode,
      });
    }
    if (!changed) return;
    events.add(realm, nowMs, {
      kind: "task",
      invokeId,
      instanceId,
      run: task.run,
      status: task.status,
      exitCode: task.exitCode,
      errorCode: task.errorCode,
    });
  }
}

/** When the last task of an invocation ends, it is over, and a command that was not kept goes. */
function finishInvocation(realm: Realm, task: TaskRecord, nowMs: number, changes: Change[]): void {
  const invocation = realm.invocations.get(task.invokeId);
  if (invocation === undefined || invocation.finishedAt !== undefined) return;
  for (const other of realm.tasksOf(task.invokeId).values()) {
    if (other.instanceId !== task.instanceId && !isFinal(other.status)) return;
  }
  changes.push({ put: "invocation", value: { ...invocation, finishedAt: nowMs } });
  const command = realm.commands.get(invocation.commandId);
  if (command?.kept === false) changes.push({ del: "command", id: command.id });
}
