import { tagInvocations } from "../../client/invocations.js";
import { CloudAssistantError } from "../../errors.js";
import { tagKeys } from "../../names.js";
import { chainedRunId, changeTokenOf } from "../../plan/identity.js";
import type { Edit, FoundSchedule } from "../../plan/schedule-wanted.js";
import { mayGoOn, type Cut, type Ground } from "./ground.js";

/** Refusals that say that this invocation cannot be changed; it can be made anew. */
export const unchangeable: ReadonlySet<string> = new Set([
  "InvalidOperation.CloudAssistantVersionUnsupported",
  "InvalidOperation.ModifyPublicCommandUnsupported",
  "InvalidOperation.RepeatModeUnsupported",
]);

/** Refusals that say that nothing of this invocation is alive. */
export const endedCodes: ReadonlySet<string> = new Set([
  "InvalidOperation.InvokeAlreadyFinished",
  "InvalidInvokeId.NotFound",
]);

/** A change that is not seen after so many calls is left to the next operation. */
export const mostTries = 4;

export type ModifyEnd =
  | { readonly kind: "modified" }
  /** An agent is too old for it, say: the shard has to be renewed. */
  | { readonly kind: "unchangeable" }
  /** It has come to its end by itself meanwhile. */
  | { readonly kind: "ended" }
  | { readonly kind: "cut"; readonly cut: Cut };

/**
 * Changes a living invocation, by one call. Runs under way go on, and none is missed. Content is
 * sent for scripts alone: sent for a saved command it would make, and keep, another one.
 *
 * @param tries how often the same was asked for before: a token that the service remembers changes
 *   nothing
 */
export async function modifyInPlace(
  found: FoundSchedule,
  edits: readonly Edit[],
  ground: Ground,
  tries = 0,
): Promise<ModifyEnd> {
  const early = await mayGoOn(ground);
  if (early !== undefined) return { kind: "cut", cut: early };
  const { api, identity, wanted, world, options } = ground;
  let { runId } = identity;
  for (let n = 0; n < tries; n += 1) runId = chainedRunId(runId, found.invokeId, world.hash);
  try {
    await api.call(
      "ModifyInvocationAttribute",
      {
        invokeId: found.invokeId,
        ...(edits.includes("frequency") && wanted.frequency !== undefined
          ? { frequency: wanted.frequency }
          : {}),
        ...contentOf(found, edits, ground),
        clientToken: changeTokenOf(runId, found.invokeId, { edits }, world.hash),
      },
      options,
    );
    return { kind: "modified" };
  } catch (reason) {
    const error = CloudAssistantError.from(reason);
    if (unchangeable.has(error.apiCode ?? "")) return { kind: "unchangeable" };
    if (endedCodes.has(error.apiCode ?? "")) return { kind: "ended" };
    // Asked for before, when somebody else had changed something else: the same once more does no harm.
    if (error.apiCode === "IdempotentParameterMismatch" && tries < mostTries) {
      return modifyInPlace(found, edits, ground, tries + 1);
    }
    throw error;
  }
}

function contentOf(
  found: FoundSchedule,
  edits: readonly Edit[],
  { runnable, wanted }: Ground,
): {
  readonly commandContent?: string;
  readonly contentEncoding?: "Base64";
  readonly enableParameter?: boolean;
  readonly parameters?: Readonly<Record<string, string>>;
} {
  const content = edits.includes("content");
  const some = (parameters: Readonly<Record<string, string>>): boolean =>
    Object.keys(parameters).length > 0;
  // Other content may know other names, so its parameters go with it.
  const parameters =
    edits.includes("parameters") ||
    (content && (some(wanted.parameters) || some(found.parameters)));
  const given = {
    ...(parameters ? { parameters: wanted.parameters } : {}),
  };
  if (runnable.kind === "saved") return given;
  const touched = content || parameters || edits.includes("enableParameter");
  return {
    ...given,
    ...(content
      ? {
          commandContent: Buffer.from(runnable.content, "utf8").toString("base64"),
          contentEncoding: "Base64" as const,
        }
      : {}),
    ...(touched ? { enableParameter: runnable.enableParameter } : {}),
  };
}

/** Writes on living invocations what they are now, so that a later operation knows them by it. */
export async function retag(invokeIds: readonly string[], ground: Ground): Promise<void> {
  const { api, inputs, identity, options } = ground;
  if (invokeIds.length === 0 || inputs.ownership === "none") return;
  await tagInvocations(
    api,
    invokeIds,
    [
      { key: tagKeys.run, value: identity.runId },
      { key: tagKeys.hash, value: identity.inputHash },
    ],
    options,
  );
}
