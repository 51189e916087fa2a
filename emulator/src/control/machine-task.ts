import type { Task, TaskRepeat } from "../backends/backend.js";
import type { InstanceRecord, InvocationRecord, TaskRecord } from "../state/records.js";
import type { Realm } from "../state/realm.js";
import { substitute } from "./substitute.js";

/** A run in the backend's terms, its custom parameters filled in. */
export function machineTask(
  realm: Realm,
  invocation: InvocationRecord,
  task: TaskRecord,
  instance: InstanceRecord,
): Task {
  const content = Buffer.from(invocation.content, "base64");
  const { enableParameter } = invocation;
  return {
    invokeId: invocation.id,
    instanceId: instance.id,
    commandId: invocation.commandId,
    run: task.run,
    type: invocation.commandType,
    content: enableParameter ? substitute(content, invocation.parameters) : content,
    enableParameter,
    builtIns: {
      RegionId: realm.regionId,
      AccountId: realm.accountId,
      InstanceId: instance.id,
      InstanceName: instance.name,
      InvokeId: invocation.id,
      CommandId: invocation.commandId,
    },
    timeoutSeconds: invocation.timeout,
    workingDir: invocation.workingDir,
    username: invocation.username,
    launcher: invocation.launcher,
    terminationMode: invocation.terminationMode,
    repeat: repeatOf(invocation),
  };
}

/** The agent tells rate and at apart from cron; the API calls all three Period. */
function repeatOf({ repeatMode, schedule }: InvocationRecord): TaskRepeat {
  if (schedule !== undefined) return schedule.repeat;
  return repeatMode === "DryRun" ? "Once" : repeatMode;
}
