import { COMMAND_TYPE_OS, type AgentFeature, type InstanceErrorCode } from "cloud-assistant-api";
import type { Limits } from "../limits.js";
import type { InstanceRecord, InvocationRecord } from "../state/records.js";
import type { Realm } from "../state/realm.js";
import { isOnline } from "./machine-view.js";
import { errorOf } from "./run-outcome.js";
import { builtInNames } from "./substitute.js";
import { missingFeature } from "./version.js";

/** Why an instance cannot ever take a task, found before it is sent. */
export function undeliverable(
  realm: Realm,
  invocation: InvocationRecord,
  instance: InstanceRecord | undefined,
): { readonly errorCode: string; readonly errorInfo: string } | undefined {
  if (instance === undefined) return errorOf("InstanceNotExists");
  if (COMMAND_TYPE_OS[invocation.commandType] !== instance.osType) {
    return errorOf("CommandNotApplicable");
  }
  if (instance.power === "Stopped" || instance.power === "Stopping") {
    return errorOf("InstanceNotRunning");
  }
  // A simulated machine has whatever its table says; on a real one there are none.
  const inContainer = invocation.containerId !== "" || invocation.containerName !== "";
  if (inContainer && instance.backend === "exec") {
    return errorOf("ContainerNotFound", "The emulator's instances have no containers.");
  }
  if (!instance.agent.installed) return undefined;
  const several = realm.tasksOf(invocation.id).size > 1;
  for (const [feature, what] of neededFeatures(invocation, several)) {
    const release = missingFeature(feature, instance.osType, instance.agent.version);
    if (release !== undefined) {
      return errorOf("ClientNeedUpgrade", `The client needs version ${release} for ${what}.`);
    }
  }
  return undefined;
}

/** Why a task was not taken within the window. */
export function whyNotDelivered(
  instance: InstanceRecord | undefined,
  nowMs: number,
  limits: Limits,
): InstanceErrorCode {
  if (instance === undefined) return "InstanceReleased";
  if (instance.power !== "Running") return "InstanceNotRunning";
  if (!instance.agent.installed) return "ClientNotRunning";
  // Heart-beats still fresh and no answer: the service believes that the client is there.
  return isOnline(instance, nowMs, limits) ? "ClientNotResponse" : "ClientNotRunning";
}

/** What of an invocation older agents do not know. */
function neededFeatures(
  invocation: InvocationRecord,
  severalInstances: boolean,
): (readonly [AgentFeature, string])[] {
  const features: (readonly [AgentFeature, string])[] = [];
  const { schedule } = invocation;
  if (schedule !== undefined) {
    const plain = schedule.repeat === "Period" && schedule.expr.trim().split(/\s+/).length === 6;
    if (!plain) features.push(["scheduleExtras", "rate, at, year and time zone"]);
  }
  if (invocation.containerId !== "" || invocation.containerName !== "") {
    features.push(["containers", "containers"]);
  }
  if (!invocation.enableParameter) return features;
  const names = new Set(builtInNames(Buffer.from(invocation.content, "base64")));
  if (names.has("InstanceName")) features.push(["instanceName", "{{ACS::InstanceName}}"]);
  if (
    names.has("InvokeId") ||
    names.has("CommandId") ||
    (severalInstances && names.has("InstanceId"))
  ) {
    features.push(["builtIns", "built-in parameters"]);
  }
  return features;
}
