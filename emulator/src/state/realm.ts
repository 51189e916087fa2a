import type { Change } from "./change.js";
import { RunHistory } from "./run-history.js";
import type {
  CommandRecord,
  InstanceRecord,
  InvocationRecord,
  TaskRecord,
  TokenRecord,
} from "./records.js";

/** The state of one account in one region. Records are never changed, only replaced. */
export class Realm {
  readonly commands = new Map<string, CommandRecord>();
  readonly invocations = new Map<string, InvocationRecord>();
  /** By invocation, then by instance. */
  readonly tasks = new Map<string, Map<string, TaskRecord>>();
  readonly runs = new RunHistory();
  /** Finished invocations and when they ended, in that order. */
  readonly finished = new Map<string, number>();
  readonly instances = new Map<string, InstanceRecord>();
  readonly tokens = new Map<string, TokenRecord>();
  /** The invocations that each instance was ever in, while they are remembered. */
  readonly invocationsOf = new Map<string, Set<string>>();
  day: { readonly day: number; readonly count: number } = { day: 0, count: 0 };

  constructor(
    readonly accountId: string,
    readonly regionId: string,
  ) {}

  get key(): string {
    return realmKey(this.accountId, this.regionId);
  }

  tasksOf(invokeId: string): ReadonlyMap<string, TaskRecord> {
    return this.tasks.get(invokeId) ?? NO_TASKS;
  }

  task(invokeId: string, instanceId: string): TaskRecord | undefined {
    return this.tasks.get(invokeId)?.get(instanceId);
  }

  /** The tasks of an instance that have not ended, oldest invocation first. */
  livingTasksOf(instanceId: string, ended: (task: TaskRecord) => boolean): TaskRecord[] {
    const living: TaskRecord[] = [];
    for (const invokeId of this.invocationsOf.get(instanceId) ?? []) {
      const task = this.task(invokeId, instanceId);
      if (task !== undefined && !ended(task)) living.push(task);
    }
    return living;
  }

  apply(change: Change): void {
    if ("put" in change) this.put(change);
    else this.del(change);
  }

  /** What would undo the change. Call it before `apply`. Past runs and tokens are not undone. */
  inverse(change: Change): readonly Change[] {
    if ("put" in change) {
      switch (change.put) {
        case "command":
          return previous("command", this.commands.get(change.value.id), change.value.id);
        case "invocation":
          return previous("invocation", this.invocations.get(change.value.id), change.value.id);
        case "instance":
          return previous("instance", this.instances.get(change.value.id), change.value.id);
        case "task": {
          const before = this.task(change.value.invokeId, change.value.instanceId);
          // A new task comes with its new invocation, which takes it along when it is undone.
          return before === undefined ? [] : [{ put: "task", value: before }];
        }
        case "run":
        case "token":
        case "day":
          return [];
      }
    }
    switch (change.del) {
      case "command":
        return restored("command", this.commands.get(change.id));
      case "instance":
        return restored("instance", this.instances.get(change.id));
      case "invocation": {
        const tasks = [...this.tasksOf(change.id).values()];
        return [
          ...restored("invocation", this.invocations.get(change.id)),
          ...tasks.map((value): Change => ({ put: "task", value })),
        ];
      }
      case "runs":
      case "token":
        return [];
    }
  }

  /** A copy that can be changed apart from this one; past runs are shared. */
  copy(): Realm {
    const twin = new Realm(this.accountId, this.regionId);
    for (const change of this.changes()) twin.apply(change);
    return twin;
  }

  /** Changes that make this state out of an empty one. */
  *changes(): Generator<Change> {
    for (const value of this.instances.values()) yield { put: "instance", value };
    for (const value of this.commands.values()) yield { put: "command", value };
    // Finished ones first, in the order of their end, which a new copy has to keep.
    for (const id of this.finished.keys()) {
      const value = this.invocations.get(id);
      if (value !== undefined) yield { put: "invocation", value };
    }
    for (const value of this.invocations.values()) {
      if (value.finishedAt === undefined) yield { put: "invocation", value };
    }
    for (const tasks of this.tasks.values()) {
      for (const value of tasks.values()) yield { put: "task", value };
    }
    for (const value of this.runs.oldestFirst()) yield { put: "run", value };
    for (const value of this.tokens.values()) yield { put: "token", value };
    if (this.day.count > 0) yield { put: "day", value: this.day };
  }

  private put(change: Extract<Change, { put: string }>): void {
    switch (change.put) {
      case "command":
        this.commands.set(change.value.id, change.value);
        return;
      case "invocation":
        this.putInvocation(change.value);
        return;
      case "task":
        this.putTask(change.value);
        return;
      case "run":
        this.runs.add(change.value);
        return;
      case "instance":
        this.instances.set(change.value.id, change.value);
        return;
      case "token":
        this.tokens.set(change.value.key, change.value);
        return;
      case "day":
        this.day = change.value;
        return;
    }
  }

  private del(change: Extract<Change, { del: string }>): void {
    switch (change.del) {
      case "command":
        this.commands.delete(change.id);
        return;
      case "invocation":
        for (const instanceId of this.tasksOf(change.id).keys()) {
          const of = this.invocationsOf.get(instanceId);
          of?.delete(change.id);
          if (of?.size === 0) this.invocationsOf.delete(instanceId);
        }
        this.tasks.delete(change.id);
        this.runs.forget(change.id);
        this.invocations.delete(change.id);
        this.finished.delete(change.id);
        return;
      case "runs":
        this.runs.trim(change.count);
        return;
      case "instance":
        this.instances.delete(change.id);
        return;
      case "token":
        this.tokens.delete(change.id);
        return;
    }
  }

  private putInvocation(invocation: InvocationRecord): void {
    this.invocations.set(invocation.id, invocation);
    if (invocation.finishedAt === undefined) this.finished.delete(invocation.id);
    else if (!this.finished.has(invocation.id)) {
      this.finished.set(invocation.id, invocation.finishedAt);
    }
  }

  private putTask(task: TaskRecord): void {
    let tasks = this.tasks.get(task.invokeId);
    if (tasks === undefined) {
      tasks = new Map();
      this.tasks.set(task.invokeId, tasks);
    }
    if (!tasks.has(task.instanceId)) {
      const of = this.invocationsOf.get(task.instanceId);
      if (of === undefined) this.invocationsOf.set(task.instanceId, new Set([task.invokeId]));
      else of.add(task.invokeId);
    }
    tasks.set(task.instanceId, task);
  }
}

export function realmKey(accountId: string, regionId: string): string {
  return `${accountId}/${regionId}`;
}

const NO_TASKS: ReadonlyMap<string, TaskRecord> = new Map();

type Kept = "command" | "invocation" | "instance";
type ValueOf<K extends Kept> = Extract<Change, { put: K }>["value"];

function previous<K extends Kept>(
  kind: K,
  before: ValueOf<K> | undefined,
  id: string,
): readonly Change[] {
  return before === undefined ? [{ del: kind, id }] : [{ put: kind, value: before } as Change];
}

function restored<K extends Kept>(kind: K, value: ValueOf<K> | undefined): readonly Change[] {
  return value === undefined ? [] : [{ put: kind, value } as Change];
}
