import type { Emulator, TaskView } from "cloud-assistant-emulator";

const tagOf = (tags: Readonly<Record<string, string>>, name: string): string | undefined =>
  tags[`pulumi-cloud-assistant:${name}`];

/** The part of a saved state that is held against the emulator. */
export type Saved = {
  readonly invocationIds: readonly string[];
  readonly results: Readonly<
    Record<
      string,
      { readonly status: string; readonly exitCode?: number; readonly invocationId?: string }
    >
  >;
};

/** What must hold after a life, by the emulator's own truth. */
export function judgeLife(emulator: Emulator, saved: Saved | undefined): void {
  const tasks = emulator.tasks();
  noneAfterSuccess(tasks);
  nothingForgotten(emulator, saved);
  ledgerIsTrue(tasks, saved);
}

/**
 * Counted by (owner, input hash, instance), never by run id, which a killed process forgets: none
 * after the emulator itself held Success for that instance, unless a new run was asked for.
 */
function noneAfterSuccess(tasks: readonly TaskView[]): void {
  const byMember = new Map<string, TaskView[]>();
  for (const task of tasks) {
    // A→B→A runs A anew: the earlier ones are marked by then.
    if (tagOf(task.tags, "superseded") !== undefined) continue;
    const key = [tagOf(task.tags, "owner"), tagOf(task.tags, "hash"), task.instanceId].join(" ");
    byMember.set(key, [...(byMember.get(key) ?? []), task]);
  }
  for (const [member, list] of byMember) {
    const inOrder = [...list].sort((a, b) => (a.acceptedAt < b.acceptedAt ? -1 : 1));
    const success = inOrder.findIndex((task) => task.status === "Success");
    const after = success < 0 ? [] : inOrder.slice(success + 1).map((task) => task.invokeId);
    expect({ member, ranAfterSuccess: after }).toEqual({ member, ranAfterSuccess: [] });
  }
}

const executionOf = (task: TaskView): string => `${task.invokeId} ${task.instanceId}`;

/** The executions that the service has accepted so far. */
export function seenNow(emulator: Emulator): ReadonlySet<string> {
  return new Set(emulator.tasks().map(executionOf));
}

/**
 * Between two `up`s that answered, however many were killed in between: at most `retry.attempts`
 * accepted executions for each (owner, input hash, instance).
 */
export function attemptsAreBounded(
  emulator: Emulator,
  before: ReadonlySet<string>,
  attempts: number,
): void {
  const counts = new Map<string, number>();
  for (const task of emulator.tasks()) {
    if (before.has(executionOf(task))) continue;
    const member = [tagOf(task.tags, "owner"), tagOf(task.tags, "hash"), task.instanceId].join(" ");
    counts.set(member, (counts.get(member) ?? 0) + 1);
  }
  expect([...counts].filter(([, count]) => count > attempts)).toEqual([]);
}

/** Every current invocation of the owner is in the ledger's list. */
function nothingForgotten(emulator: Emulator, saved: Saved | undefined): void {
  const known = new Set(saved?.invocationIds ?? []);
  const forgotten = emulator
    .invocations()
    .filter((one) => tagOf(one.tags, "superseded") === undefined && !known.has(one.invokeId))
    .map((one) => one.invokeId);
  expect(forgotten).toEqual([]);
}

/** Each row says what the emulator says of the invocation that it names. */
function ledgerIsTrue(tasks: readonly TaskView[], saved: Saved | undefined): void {
  const truth = new Map(tasks.map((task) => [`${task.invokeId} ${task.instanceId}`, task]));
  for (const [id, row] of Object.entries(saved?.results ?? {})) {
    if (row.invocationId === undefined || row.status === "Dropped") continue;
    const task = truth.get(`${row.invocationId} ${id}`);
    expect({ id, status: row.status, exitCode: row.exitCode }).toEqual({
      id,
      status: task?.status,
      exitCode: task?.exitCode,
    });
  }
}
