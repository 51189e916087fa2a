import {
  findOrphans,
  findTagged,
  stopTagged,
  type Orphans,
  type Owned,
  type TaggedInvocation,
} from "../lifecycle/orphans.js";
import { commandType } from "../names.js";
import { nodeHash } from "../client/node-hash.js";
import { accountOf } from "../lifecycle/account.js";
import { ownerOf } from "../plan/identity.js";
import type { CliDeps } from "./deps.js";
import { invocationsOf } from "./invocation-resource.js";
import type { CommonOptions, Session } from "./session.js";
import { exportStack, type StackState } from "./stack.js";

export type OrphansOptions = CommonOptions & {
  readonly stack: readonly string[];
  readonly stop?: string;
  readonly all?: boolean;
};

/** `orphans`: what carries our tags and belongs to no resource of the stacks. */
export async function orphans(
  options: OrphansOptions,
  session: Session,
  deps: CliDeps,
): Promise<void> {
  const print = (line: string): void => {
    deps.stdout.write(`${line}\n`);
  };
  if (options.stop !== undefined) {
    await stopOne(options.stop, session, print);
    return;
  }
  const stacks = options.stack.length === 0 ? [undefined] : options.stack;
  const states = await Promise.all(
    stacks.map((stack) =>
      exportStack(deps.pulumi, { cwd: session.cwd, stack, showSecrets: false }),
    ),
  );
  const api = await session.api();
  const owned = await ownedBy(states, session);
  const found = await findOrphans(api, owned, {});
  const where = `region ${api.region}`;
  for (const line of listing(found, options.all === true, where)) print(line);
}

async function stopOne(
  invokeId: string,
  session: Session,
  print: (line: string) => void,
): Promise<void> {
  const api = await session.api();
  const found = await findTagged(api, invokeId, {});
  print(describe(found));
  if (found.living === 0) {
    print("it has ended already: nothing was stopped");
    return;
  }
  await stopTagged(api, invokeId, {});
  print(`told to stop: ${invokeId} on ${found.living} of ${found.members} machines`);
}

/** A resource that is just being created owns what its URN says. */
async function ownedBy(states: readonly StackState[], session: Session): Promise<Owned> {
  const owners = new Set<string>();
  const commandIds = new Set<string>();
  for (const resource of states.flatMap((state) => state.resources)) {
    if (resource.type === commandType && resource.id !== "") commandIds.add(resource.id);
  }
  for (const resource of states.flatMap(invocationsOf)) {
    const { owner } = resource.outputs;
    if (typeof owner === "string") owners.add(owner);
    else owners.add(await newOwner(resource.urn, resource.inputs.organization, session));
  }
  return { owners, commandIds };
}

async function newOwner(urn: string, organization: unknown, session: Session): Promise<string> {
  const { operator } = await session.settings();
  const accountId = await accountOf(await session.api());
  const identity = {
    accountId,
    organization: typeof organization === "string" ? organization : "",
    salt: operator.ownerSalt,
    urn,
  };
  return ownerOf(identity, nodeHash);
}

function listing(found: Orphans, all: boolean, where: string): readonly string[] {
  const open = found.invocations.filter((one) => one.living > 0 || !one.superseded);
  const closed = found.invocations.filter((one) => one.living === 0 && one.superseded);
  const shown = all ? found.invocations : open;
  const lines = [
    ...shown.map(describe),
    ...found.commands.map(
      ({ commandId, name, owner }) => `command ${commandId}  ${name}  owner ${owner}`,
    ),
  ];
  const living = open.filter((one) => one.living > 0).length;
  const rest =
    closed.length > 0 && !all ? `; ${closed.length} closed ones are not shown (--all)` : "";
  const summary =
    lines.length === 0
      ? `nothing in ${where} is without an owner`
      : `${where}: ${living} living and ${open.length - living} ended invocations, and ` +
        `${found.commands.length} commands, belong to no resource of the stack`;
  return [...lines, `${summary}${rest}`];
}

function describe(one: TaggedInvocation): string {
  const machines =
    one.living > 0 ? `living on ${one.living} of ${one.members}` : `ended on ${one.members}`;
  return [
    one.invokeId,
    one.status,
    machines,
    `created ${one.createdAt}`,
    `owner ${one.owner}`,
    ...(one.superseded ? ["closed"] : []),
  ].join("  ");
}
