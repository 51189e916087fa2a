import { legacyInstanceStatus } from "../control/status.js";
import type { InvocationRecord, RunRecord, TaskRecord } from "../state/records.js";
import type { describeInvocationResults as rules } from "../validations/describeInvocationResults.js";
import type { Args } from "../validations/rules/fields.js";
import { isRefused } from "../validations/rules/refusal.js";
import type { Call, Handler } from "./parts/call.js";
import { encodingOf } from "./parts/content.js";
import { candidates } from "./parts/invocation-filter.js";
import { comparePlaces, pageOf, type Place } from "./parts/paging.js";
import { printedBy, resultOut } from "./parts/rows.js";

type Row = {
  readonly invocation: InvocationRecord;
  readonly row: TaskRecord | RunRecord;
  readonly repeats: number;
  readonly place: Place;
};

/** A row for each instance, or with IncludeHistory one for each of its runs. */
export const describeInvocationResults: Handler<typeof rules> = (call, args) => {
  const rows = candidates(call, args)
    .flatMap((invocation) =>
      wantsHistory(invocation, args) ? pastRuns(call, invocation) : latest(call, invocation),
    )
    .filter(({ row }) => matches(row, args));
  const page = pageOf(rows, ({ place }) => place, args);
  if (isRefused(page)) return page;
  const encoding = encodingOf(args.ContentEncoding, "Base64");
  const InvocationResult = page.items.map(({ row, repeats, invocation }) =>
    resultOut(row, repeats, invocation, printedBy(call, row, invocation, encoding)),
  );
  return { body: { Invocation: { ...page.paging, InvocationResults: { InvocationResult } } } };
};

type Filter = Args<typeof rules>;

function wantsHistory(invocation: InvocationRecord, filter: Filter): boolean {
  const repeats = invocation.repeatMode === "Period" || invocation.repeatMode === "EveryReboot";
  return filter.IncludeHistory === true && Boolean(filter.InvokeId) && repeats;
}

function latest(call: Call, invocation: InvocationRecord): Row[] {
  return [...call.realm.tasksOf(invocation.id).values()].map((row) => ({
    invocation,
    row,
    repeats: row.repeats,
    place: [-invocation.seq, row.index],
  }));
}

/** The newest run first; one that is under way is in the list. */
function pastRuns(call: Call, invocation: InvocationRecord): Row[] {
  const tasks = call.realm.tasksOf(invocation.id);
  const indexOf = (instanceId: string): number => tasks.get(instanceId)?.index ?? 0;
  const rows: Row[] = [];
  for (const task of tasks.values()) {
    if (task.inFlight !== true || task.startedAt === undefined || task.status === "Scheduled")
      continue;
    rows.push({
      invocation,
      row: task,
      repeats: task.repeats,
      place: [-task.startedAt, task.index, -task.run],
    });
  }
  for (const run of call.realm.runs.of(invocation.id)) {
    rows.push({
      invocation,
      row: run,
      repeats: run.run,
      place: [-(run.startedAt ?? 0), indexOf(run.instanceId), -run.run],
    });
  }
  return rows.sort((one, other) => comparePlaces(one.place, other.place));
}

function matches(row: TaskRecord | RunRecord, filter: Filter): boolean {
  const { InstanceId, InvokeRecordStatus } = filter;
  if (InstanceId && row.instanceId !== InstanceId) return false;
  return (
    !InvokeRecordStatus ||
    row.status === InvokeRecordStatus ||
    legacyInstanceStatus(row.status) === InvokeRecordStatus
  );
}
