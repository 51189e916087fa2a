import type { ContentEncoding, InvocationOut } from "cloud-assistant-api";
import { aggregateStatus, isTimed, legacyAggregateStatus } from "../control/status.js";
import type { InvocationRecord, TaskRecord } from "../state/records.js";
import type { describeInvocations as rules } from "../validations/describeInvocations.js";
import type { Args } from "../validations/rules/fields.js";
import { isRefused } from "../validations/rules/refusal.js";
import type { Call, Handler } from "./parts/call.js";
import { encodeOut, encodingOf } from "./parts/content.js";
import { candidates } from "./parts/invocation-filter.js";
import { pageOf } from "./parts/paging.js";
import { invokeInstanceOut, printedBy } from "./parts/rows.js";
import { tagsOut } from "./parts/tagging.js";
import { secondText } from "./parts/time.js";
import { matchesWildcard } from "./parts/wildcard.js";

type Filter = Args<typeof rules>;

/** The newest first. The list of instances inside an invocation is not paged. */
export const describeInvocations: Handler<typeof rules> = (call, args) => {
  const found = candidates(call, args).filter((invocation) => matches(call, invocation, args));
  const page = pageOf(found, ({ seq }) => [-seq], args);
  if (isRefused(page)) return page;
  const Invocation = page.items.map((invocation) => invocationOut(call, invocation, args));
  return { body: { ...page.paging, Invocations: { Invocation } } };
};

function matches(call: Call, invocation: InvocationRecord, filter: Filter): boolean {
  const { CommandType, CommandName, RepeatMode, InstanceId, InvokeStatus, Timed } = filter;
  if (CommandType && invocation.commandType !== CommandType) return false;
  // With an InstanceId these two are not looked at.
  if (!InstanceId) {
    if (CommandName && !matchesWildcard(CommandName, invocation.commandName)) return false;
    if (RepeatMode && invocation.repeatMode !== RepeatMode) return false;
  }
  if (!InvokeStatus && Timed === undefined) return true;
  const statuses = [...call.realm.tasksOf(invocation.id).values()].map(({ status }) => status);
  const { repeatMode } = invocation;
  if (Timed !== undefined && isTimed(repeatMode, statuses) !== Timed) return false;
  return (
    !InvokeStatus ||
    aggregateStatus(statuses) === InvokeStatus ||
    legacyAggregateStatus(statuses, repeatMode) === InvokeStatus
  );
}

function invocationOut(call: Call, invocation: InvocationRecord, filter: Filter): InvocationOut {
  const encoding = encodingOf(filter.ContentEncoding, "Base64");
  const tasks = [...call.realm.tasksOf(invocation.id).values()];
  const statuses = tasks.map(({ status }) => status);
  const shown = filter.InstanceId
    ? tasks.filter(({ instanceId }) => instanceId === filter.InstanceId)
    : tasks;
  // Output needs an InvokeId or an InstanceId.
  const withOutput = filter.IncludeOutput === true && Boolean(filter.InvokeId ?? filter.InstanceId);
  const rowOf = (task: TaskRecord) =>
    invokeInstanceOut(
      task,
      invocation,
      withOutput ? printedBy(call, task, invocation, encoding) : undefined,
    );
  return {
    InvokeId: invocation.id,
    ...commandFields(invocation, encoding),
    CreationTime: secondText(invocation.createdAt),
    Frequency: invocation.frequency,
    RepeatMode: invocation.repeatMode,
    Timed: isTimed(invocation.repeatMode, statuses),
    Timeout: invocation.timeout,
    WorkingDir: invocation.workingDir,
    Username: invocation.username,
    Parameters: JSON.stringify(invocation.parameters),
    InvocationStatus: aggregateStatus(statuses),
    InvokeStatus: legacyAggregateStatus(statuses, invocation.repeatMode),
    ContainerId: invocation.containerId,
    ContainerName: invocation.containerName,
    Launcher: invocation.launcher,
    TerminationMode: invocation.terminationMode,
    OssOutputDelivery: invocation.ossOutputDelivery,
    Tags: tagsOut(invocation.tags),
    InvokeInstances: { InvokeInstance: shown.map(rowOf) },
  };
}

function commandFields(invocation: InvocationRecord, encoding: ContentEncoding) {
  return {
    CommandId: invocation.commandId,
    CommandName: invocation.commandName,
    CommandDescription: invocation.commandDescription,
    CommandType: invocation.commandType,
    CommandContent: encodeOut(invocation.content, encoding),
  };
}
