import type { ContentEncoding, InvokeInstanceOut, InvocationResultOut } from "cloud-assistant-api";
import { isFinal, legacyInstanceStatus } from "../../control/status.js";
import type { InvocationRecord, Outcome, RunRecord, TaskRecord } from "../../state/records.js";
import type { Call } from "./call.js";
import { encodeOut } from "./content.js";
import { tagsOut } from "./tagging.js";
import { secondText } from "./time.js";

type Printed = { readonly Output: string; readonly Dropped: number };

/** A task's row in DescribeInvocations. */
export function invokeInstanceOut(
  task: TaskRecord,
  invocation: InvocationRecord,
  printed: Printed | undefined,
): InvokeInstanceOut {
  const timed = invocation.repeatMode !== "Once" && invocation.repeatMode !== "DryRun";
  return {
    InstanceId: task.instanceId,
    InvocationStatus: task.status,
    InstanceInvokeStatus: legacyInstanceStatus(task.status),
    CreationTime: secondText(task.createdAt),
    StartTime: secondText(task.startedAt),
    FinishTime: secondText(task.finishedAt),
    StopTime: secondText(task.stopAt),
    UpdateTime: secondText(task.updatedAt),
    Repeats: task.repeats,
    ...exitCode(task),
    Output: printed?.Output ?? "",
    Dropped: printed?.Dropped ?? task.dropped ?? 0,
    ErrorCode: task.errorCode ?? "",
    ErrorInfo: task.errorInfo ?? "",
    Timed: timed && !isFinal(task.status),
    ...OSS_OUTPUT,
  };
}

/** A row of DescribeInvocationResults: a task, or a past run of a schedule. */
export function resultOut(
  row: TaskRecord | RunRecord,
  repeats: number,
  invocation: InvocationRecord,
  printed: Printed,
): InvocationResultOut {
  return {
    InvokeId: row.invokeId,
    CommandId: invocation.commandId,
    InstanceId: row.instanceId,
    InvocationStatus: row.status,
    InvokeRecordStatus: legacyInstanceStatus(row.status),
    StartTime: secondText(row.startedAt),
    FinishedTime: secondText(row.finishedAt),
    StopTime: secondText(row.stopAt),
    ...exitCode(row),
    Output: printed.Output,
    Dropped: printed.Dropped,
    Repeats: repeats,
    ErrorCode: row.errorCode ?? "",
    ErrorInfo: row.errorInfo ?? "",
    Username: invocation.username,
    ContainerId: invocation.containerId,
    ContainerName: invocation.containerName,
    Launcher: invocation.launcher,
    TerminationMode: invocation.terminationMode,
    OssOutputDelivery: invocation.ossOutputDelivery,
    ...OSS_OUTPUT,
    Tags: tagsOut(invocation.tags),
  };
}

/** What was printed: of a run that goes on so far, else what was kept. Schedules are not streamed. */
export function printedBy(
  call: Call,
  row: TaskRecord | RunRecord,
  invocation: InvocationRecord,
  encoding: ContentEncoding,
): Printed {
  const streams = invocation.repeatMode !== "Period";
  const live = streams && "inFlight" in row ? call.live(row.invokeId, row.instanceId) : undefined;
  if (live !== undefined) {
    return {
      Output: encodeOut(live.output.toString("base64"), encoding),
      Dropped: live.dropped,
    };
  }
  return { Output: encodeOut(row.output ?? "", encoding), Dropped: row.dropped ?? 0 };
}

/** Absent when there is none: a client would make NaN of an empty text. */
function exitCode(outcome: Outcome): { ExitCode?: number } {
  return outcome.exitCode === undefined ? {} : { ExitCode: outcome.exitCode };
}

/** Delivery of output to OSS is accepted and not carried out. */
const OSS_OUTPUT = {
  OssOutputStatus: "",
  OssOutputUri: "",
  OssOutputErrorCode: "",
  OssOutputErrorInfo: "",
} as const;
