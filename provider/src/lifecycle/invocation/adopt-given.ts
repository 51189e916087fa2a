import { listInvocations, tagInvocations } from "../../client/invocations.js";
import type { CallOptions, CloudApi, InvocationFound } from "../../client/port.js";
import { CloudAssistantError } from "../../errors.js";
import type { CommandInvocationInputs } from "../../inputs.js";
import { tagKeys } from "../../names.js";
import type { PastInvocation } from "../../plan/history.js";
import { named, type Membership } from "../../plan/targets.js";
import { toRepeatMode } from "../../schedule/index.js";
import type { World } from "../world.js";
import type { Identity } from "./conclude.js";
import { pastFrom } from "./history.js";

/** An invocation that the program hands over, and the content that it ran. */
export type Given = PastInvocation & { readonly contentHash: string | undefined };

/** Whether this create takes over what exists, and runs nothing. */
export function adoptsGiven(inputs: Pick<CommandInvocationInputs, "adoptInvocationIds">): boolean {
  return inputs.adoptInvocationIds !== undefined;
}

/**
 * Reads the invocations that the program hands over, the oldest first.
 * @throws CloudAssistantError `InvalidInputs` for one that has no record, or is of another kind
 */
export async function findGiven(
  api: CloudApi,
  inputs: CommandInvocationInputs,
  world: Pick<World, "hash">,
  options: CallOptions,
): Promise<readonly Given[]> {
  const given: Given[] = [];
  for (const [index, invokeId] of (inputs.adoptInvocationIds ?? []).entries()) {
    const records = await listInvocations(api, { invokeId }, options);
    const found = records.find((one) => one.invokeId === invokeId);
    if (found === undefined) throw noRecord(index, invokeId, api.region);
    mustBeOfKind(index, found, inputs);
    given.push({ ...pastFrom(found), contentHash: contentHashOf(found, world) });
  }
  // The service tells whole seconds: within one, the order of the program counts.
  return given.sort((a, b) => Date.parse(a.createdAt) - Date.parse(b.createdAt));
}

function contentHashOf(found: InvocationFound, { hash }: Pick<World, "hash">): string | undefined {
  const { commandContent } = found;
  if (commandContent === undefined || commandContent === "") return undefined;
  return hash.sha256(Buffer.from(commandContent, "base64").toString("utf8"));
}

function noRecord(index: number, invokeId: string, region: string): CloudAssistantError {
  return new CloudAssistantError(
    "InvalidInputs",
    `adoptInvocationIds[${index}]: the service has no record of this invocation. Given: ` +
      `"${invokeId}". Allowed: ids of invocations of this account in region ${region}, no older ` +
      `than 30 days. Take it out, or take adoptInvocationIds out to run the command; nothing ran.`,
  );
}

/** A run now takes over what ran once; a schedule what is armed in the same way. */
function mustBeOfKind(
  index: number,
  { invokeId = "", repeatMode = "Once", invocationStatus }: InvocationFound,
  { schedule }: Pick<CommandInvocationInputs, "schedule">,
): void {
  const refuse = (wrong: string, given: string, allowed: string): never => {
    throw new CloudAssistantError(
      "InvalidInputs",
      `adoptInvocationIds[${index}]: ${wrong}. Given: "${invokeId}", which ${given}. Allowed: ` +
        `${allowed}. Take it out; nothing ran.`,
    );
  };
  if (schedule === undefined) {
    if (repeatMode === "Once") return;
    refuse("the invocation is a schedule", `repeats (${repeatMode})`, "invocations that run once");
  }
  const wanted = toRepeatMode(schedule ?? {});
  if (repeatMode !== wanted) {
    refuse(
      "the invocation is of another kind",
      `is ${repeatMode}`,
      `invocations that are ${wanted}`,
    );
  }
  if (!["Pending", "Running", "Scheduled"].includes(invocationStatus ?? "")) {
    refuse("the schedule has ended", `is ${invocationStatus ?? "unknown"}`, "what is still armed");
  }
}

/** Members that some of the invocations ran on. */
export function coveredBy(given: readonly PastInvocation[]): ReadonlySet<string> {
  return new Set(given.flatMap((one) => one.members.map((seen) => seen.instanceId)));
}

/**
 * The members of a resource that takes over: those that an invocation ran on. Selected machines that
 * it did not run on are as good as come later.
 * @throws CloudAssistantError `TargetsRefused` for a declared id that none of them ran on
 */
export function membershipOfGiven(
  membership: Membership,
  given: readonly PastInvocation[],
): Membership {
  const covered = coveredBy(given);
  const declared = membership.members.filter((id) => !membership.selected.has(id));
  const uncovered = declared.filter((id) => !covered.has(id));
  if (uncovered.length > 0) {
    throw new CloudAssistantError(
      "TargetsRefused",
      `targets.instanceIds: none of the invocations in adoptInvocationIds ran on them. Given: ` +
        `${named(uncovered)}. Allowed: ids that one of them ran on. Take them out, and add them ` +
        `with the next \`pulumi up\`: they are run alone then. Nothing ran.`,
    );
  }
  return {
    ...membership,
    members: membership.members.filter((id) => covered.has(id)),
    selected: new Set([...membership.selected].filter((id) => covered.has(id))),
    // A machine that is no more has its outcome all the same.
    missing: [],
  };
}

/** What the program says that it runs, and what the invocations ran, may differ: that is said. */
export function otherContent(given: readonly Given[], contentHash: string): readonly string[] {
  const others = given
    .filter((one) => one.contentHash !== undefined && one.contentHash !== contentHash)
    .map((one) => one.invokeId);
  if (others.length === 0) return [];
  return [`warning: ran another content than this program has now: ${named(others)}`];
}

/** Makes them this resource's own, as if it had made the calls: lost state runs nothing twice. */
export async function markAsOwn(
  api: CloudApi,
  given: readonly PastInvocation[],
  identity: Identity,
  options: CallOptions,
): Promise<void> {
  const ids = given.map((one) => one.invokeId);
  const superseded = given.filter((one) => one.superseded).map((one) => one.invokeId);
  const resource = { resourceType: "invocation", tagKey: [tagKeys.superseded] };
  for (const id of superseded) {
    await api.call("UntagResources", { ...resource, resourceId: [id] }, options);
  }
  await tagInvocations(
    api,
    ids,
    [
      { key: tagKeys.owner, value: identity.owner },
      { key: tagKeys.run, value: identity.runId },
      { key: tagKeys.hash, value: identity.inputHash },
    ],
    options,
  );
}
