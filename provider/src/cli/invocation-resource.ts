import { CloudAssistantError } from "../errors.js";
import type { CommandInvocationInputs, Connection, Ledger } from "../inputs.js";
import { nameOf } from "../lifecycle/world.js";
import { commandInvocationType } from "../names.js";
import { mustBeReadable } from "../shells/wire.js";
import { hiddenSecret, type StackResource, type StackState } from "./stack.js";

/** A `CommandInvocation` as the command line needs it. */
export type InvocationResource = {
  readonly urn: string;
  readonly owner: string;
  readonly region: string;
  readonly accountId: string;
  readonly status: string;
  readonly holdId: string;
  readonly ownership: "tags" | "none";
  readonly invocationIds: readonly string[];
  readonly connection: Connection | undefined;
  /** Undefined where it is a secret that Pulumi did not tell. */
  readonly results: Ledger | undefined;
};

/** The `CommandInvocation`s of a stack. */
export function invocationsOf(state: StackState): readonly StackResource[] {
  return state.resources.filter((one) => one.type === commandInvocationType);
}

/**
 * Finds a `CommandInvocation` by its name, or by its URN.
 * @throws CloudAssistantError `NotFound`, with the names that there are; `InvalidInputs` when
 *   several have the name
 */
export function findByName(state: StackState, name: string): StackResource {
  const all = invocationsOf(state);
  const found = all.filter((one) => one.urn === name || nameOf(one.urn) === name);
  const [one] = found;
  if (one !== undefined && found.length === 1) return one;
  if (found.length > 1) {
    throw new CloudAssistantError(
      "InvalidInputs",
      `Several resources have this name. Given: "${name}". Allowed: a name that one resource has, ` +
        `or a URN. Write one of these in place of the name: ${found.map(({ urn }) => urn).join(", ")}.`,
    );
  }
  const names = all.map(({ urn }) => nameOf(urn)).join(", ") || "none";
  const { stack, project } = state;
  const urn =
    stack === "" ? "its URN" : `urn:pulumi:${stack}::${project}::${commandInvocationType}::${name}`;
  throw new CloudAssistantError(
    "NotFound",
    `The stack's state has no CommandInvocation of this name. Given: "${name}". Allowed: ${names}. ` +
      `One whose first create is under way is not in the state yet: \`stop --urn ${urn}\` stops it.`,
  );
}

/**
 * Reads what a resource has saved.
 * @throws CloudAssistantError `StateUnreadable` where it lacks what every version saves, or a newer one wrote it
 */
export function readInvocation(resource: StackResource): InvocationResource {
  const { outputs } = resource;
  mustBeReadable(outputs);
  const text = (key: string): string => {
    const value = outputs[key];
    if (typeof value === "string" && value !== "") return value;
    throw new CloudAssistantError(
      "StateUnreadable",
      `The saved state of ${nameOf(resource.urn)} cannot be read by this version. Given: outputs ` +
        `without ${key}. Allowed: what a CommandInvocation saves. Use the version that wrote it.`,
    );
  };
  const { invocationIds, connection, results, holdId } = outputs;
  return {
    urn: resource.urn,
    owner: text("owner"),
    region: text("region"),
    accountId: text("accountId"),
    status: text("status"),
    holdId: typeof holdId === "string" ? holdId : "",
    ownership: outputs.ownership === "none" ? "none" : "tags",
    invocationIds: Array.isArray(invocationIds) ? invocationIds.map(String) : [],
    connection: connection as CommandInvocationInputs["connection"],
    results: results === hiddenSecret ? undefined : (results as Ledger | undefined),
  };
}
