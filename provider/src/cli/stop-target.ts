import { CloudAssistantError } from "../errors.js";
import { nodeHash } from "../client/node-hash.js";
import type { CloudApi } from "../client/port.js";
import type { Connection } from "../inputs.js";
import { accountOf, mustBeAccount } from "../lifecycle/account.js";
import { nameOf } from "../lifecycle/world.js";
import { ownerOf } from "../plan/identity.js";
import type { CliDeps } from "./deps.js";
import { findByName, readInvocation, type InvocationResource } from "./invocation-resource.js";
import type { Session } from "./session.js";
import { exportStack, type StackResource } from "./stack.js";

export type StopOptions = {
  readonly urn?: string;
  readonly owner?: string;
  readonly organization: string;
  readonly stack?: string;
};

/** Whose run is to be stopped, and where. */
export type StopTarget = {
  readonly api: CloudApi;
  /** For people. */
  readonly what: string;
  readonly owner: string;
  /** What the state has of it, if it has anything. */
  readonly saved: InvocationResource | undefined;
  /** Set where its invocations carry no tags. */
  readonly untagged: boolean;
};

/** Finds the owner: as given, from the state, or from what makes an owner. */
export async function findStopTarget(
  name: string | undefined,
  options: StopOptions,
  session: Session,
  deps: CliDeps,
): Promise<StopTarget> {
  if (options.owner !== undefined) {
    const api = await session.api();
    const { owner } = options;
    return { api, what: `owner ${owner}`, owner, saved: undefined, untagged: false };
  }
  const resource = await savedResource(name, options, session, deps);
  if (resource === undefined || resource.creating) {
    return unsavedTarget(resource, options, session);
  }
  const saved = readInvocation(resource);
  const api = await session.api(saved.region, saved.connection);
  await mustBeAccount(api, saved);
  const what = nameOf(saved.urn);
  return { api, what, owner: saved.owner, saved, untagged: saved.ownership === "none" };
}

/** With a URN the state is asked as well, since a renamed resource keeps its owner; it may be unreadable. */
async function savedResource(
  name: string | undefined,
  options: StopOptions,
  session: Session,
  deps: CliDeps,
): Promise<StackResource | undefined> {
  const request = { cwd: session.cwd, stack: options.stack, showSecrets: false };
  if (name !== undefined) return findByName(await exportStack(deps.pulumi, request), name);
  try {
    const state = await exportStack(deps.pulumi, request);
    return state.resources.find((one) => one.urn === options.urn);
  } catch (reason) {
    if (CloudAssistantError.from(reason).code === "StackUnreadable") return undefined;
    throw reason;
  }
}

/** During a first create the owner is made anew, from account, organization, salt and URN. */
async function unsavedTarget(
  creating: StackResource | undefined,
  options: StopOptions,
  session: Session,
): Promise<StopTarget> {
  const urn = creating?.urn ?? options.urn ?? "";
  const connection = creating?.inputs.connection as Connection | undefined;
  const organization =
    creating === undefined ? options.organization : textOf(creating.inputs.organization);
  const api = await session.api(connection?.region, connection);
  const { operator } = await session.settings(connection);
  const identity = {
    accountId: await accountOf(api),
    organization,
    salt: operator.ownerSalt,
    urn,
  };
  return {
    api,
    what: nameOf(urn),
    owner: ownerOf(identity, nodeHash),
    saved: undefined,
    untagged: creating?.inputs.ownership === "none",
  };
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
