import type { Tag } from "../client/port.js";
import { tagsOf } from "../client/fleet.js";
import { checkCommand } from "../check/index.js";
import { CloudAssistantError } from "../errors.js";
import type { CommandInputs, CommandState, Problem } from "../inputs.js";
import { schemaVersion, tagKeys, tagPrefix } from "../names.js";
import { sameJson } from "../plan/canonical-json.js";
import { ownerOf } from "../plan/identity.js";
import { accountOf, mustBeAccount, mustBeAllowed } from "./account.js";
import { deadlineMs } from "./invocation/limits-of-time.js";
import { mustBePresent, nameOf, type World } from "./world.js";

export function check(
  raw: Readonly<Record<string, unknown>>,
  world: World,
): { readonly problems: readonly Problem[]; readonly inputs: CommandInputs | undefined } {
  const checked = checkCommand(raw, { sha256: (text) => world.hash.sha256(text) });
  const name = typeof raw.resourceUrn === "string" ? nameOf(raw.resourceUrn) : "command";
  if (checked.inputs !== undefined) {
    for (const warning of checked.warnings) world.print(name, `warning: ${warning}`);
  }
  return { problems: checked.problems, inputs: checked.inputs };
}

/** Inputs that the API cannot change on a saved command. */
const replacing = ["content", "type", "enableParameter", "resourceGroupId"] as const;
/** Inputs that ModifyCommand changes in place. */
const modified = ["name", "description", "workingDir", "timeout", "launcher"] as const;

export function diff(
  state: CommandState,
  news: CommandInputs,
): { readonly changes: boolean; readonly replaces: readonly string[] } {
  const defaults = (inputs: CommandInputs): CommandInputs => ({
    ...inputs,
    type: inputs.type ?? "RunShellScript",
  });
  const [before, after] = [defaults(state), defaults(news)];
  const replaces = replacing.filter((key) => !sameJson(before[key], after[key]));
  const changes =
    replaces.length > 0 ||
    modified.some((key) => !sameJson(before[key], after[key])) ||
    !sameJson(before.tags ?? {}, after.tags ?? {});
  return { changes, replaces };
}

/**
 * Saves the command. The token is a random one: a deterministic one would answer a forced
 * replacement with the very command that is about to be deleted (docs/decisions).
 */
export async function create(
  inputs: CommandInputs,
  world: World,
): Promise<{ readonly id: string; readonly state: CommandState }> {
  const api = world.apiFor(undefined);
  const options = { deadlineMs: deadlineMs(inputs.deadline?.create, world), signal: world.signal };
  const accountId = await accountOf(api, options);
  mustBeAllowed(accountId, world.operator.allowedAccountIds, undefined);
  await mustBePresent(world);
  const owner = ownerOf(
    {
      accountId,
      organization: inputs.organization ?? "",
      salt: world.operator.ownerSalt,
      urn: inputs.resourceUrn,
    },
    world.hash,
  );
  const answer = await api.call(
    "CreateCommand",
    {
      name: inputs.name,
      type: inputs.type ?? "RunShellScript",
      commandContent: Buffer.from(inputs.content, "utf8").toString("base64"),
      contentEncoding: "Base64",
      ...optional(inputs, "description"),
      ...optional(inputs, "workingDir"),
      ...optional(inputs, "timeout"),
      ...optional(inputs, "enableParameter"),
      ...optional(inputs, "launcher"),
      ...optional(inputs, "resourceGroupId"),
      tag: [{ key: tagKeys.owner, value: owner }, ...tagList(inputs.tags ?? {})],
      clientToken: world.randomId(32),
    },
    options,
  );
  const state: CommandState = { ...inputs, schemaVersion, accountId, region: api.region };
  return { id: answer.commandId ?? "", state };
}

function optional<K extends keyof CommandInputs>(
  inputs: CommandInputs,
  key: K,
): { readonly [P in K]?: Exclude<CommandInputs[P], undefined> } {
  const value = inputs[key];
  return (value === undefined ? {} : { [key]: value }) as never;
}

function tagList(tags: Readonly<Record<string, string>>): readonly Tag[] {
  return Object.entries(tags).map(([key, value]) => ({ key, value }));
}

export async function update(
  id: string,
  state: CommandState,
  inputs: CommandInputs,
  world: World,
): Promise<CommandState> {
  const api = world.apiFor(state.region);
  const options = { deadlineMs: deadlineMs(inputs.deadline?.update, world), signal: world.signal };
  await mustBeAccount(api, state, options);
  await mustBePresent(world);
  if (modified.some((key) => !sameJson(state[key], inputs[key]))) {
    await api.call(
      "ModifyCommand",
      {
        commandId: id,
        name: inputs.name,
        // What was taken out of the program goes back to nothing, or to the service's default.
        description: inputs.description ?? "",
        workingDir: inputs.workingDir ?? "",
        timeout: inputs.timeout ?? 60,
        launcher: inputs.launcher ?? "",
      },
      options,
    );
  }
  const [before, after] = [state.tags ?? {}, inputs.tags ?? {}];
  const removed = Object.keys(before).filter((key) => !Object.hasOwn(after, key));
  const set = tagList(after).filter(({ key, value }) => before[key] !== value);
  const resource = { resourceType: "command", resourceId: [id] };
  if (removed.length > 0) {
    await api.call("UntagResources", { ...resource, tagKey: removed }, options);
  }
  if (set.length > 0) await api.call("TagResources", { ...resource, tag: set }, options);
  return { ...inputs, schemaVersion, accountId: state.accountId, region: state.region };
}

/** The command as it is found, or undefined when it is gone. */
export async function read(
  id: string,
  state: CommandState,
  world: World,
): Promise<{ readonly state: CommandState; readonly inputs: CommandInputs } | undefined> {
  const api = world.apiFor(state.region);
  await mustBeAccount(api, state, { signal: world.signal });
  const answer = await api.call(
    "DescribeCommands",
    { commandId: id, contentEncoding: "Base64" },
    { signal: world.signal },
  );
  const found = answer.commands?.command?.find((command) => command.commandId === id);
  if (found === undefined) return undefined;
  const tags = Object.fromEntries(
    Object.entries(tagsOf(found.tags?.tag)).filter(([key]) => !key.startsWith(tagPrefix)),
  );
  const drift = {
    name: found.name ?? state.name,
    ...drifted("description", state.description, found.description, ""),
    ...drifted("workingDir", state.workingDir, found.workingDir, ""),
    ...drifted("launcher", state.launcher, found.launcher, ""),
    ...drifted("timeout", state.timeout, found.timeout, 60),
    ...(state.tags === undefined && Object.keys(tags).length === 0 ? {} : { tags }),
  };
  const next: CommandState = { ...state, ...drift };
  const { schemaVersion: _v, accountId: _a, region: _r, ...inputs } = next;
  return { state: next, inputs };
}

/** A value that was left out and stands at the service's default is no drift. */
function drifted<K extends string, V>(
  key: K,
  before: V | undefined,
  found: V | undefined,
  byDefault: V,
): { readonly [P in K]?: V } {
  if (found === undefined || (before === undefined && found === byDefault)) return {};
  return { [key]: found } as { readonly [P in K]?: V };
}

/**
 * Deletes the saved command. While an invocation that is just being stopped still uses it, the
 * service refuses; that is waited out for a bounded time.
 * @throws CloudAssistantError `CommandInUse`, naming the invocations that hold it
 */
export async function remove(id: string, state: CommandState, world: World): Promise<void> {
  const api = world.apiFor(state.region);
  const options = { deadlineMs: deadlineMs(state.deadline?.delete, world), signal: world.signal };
  await mustBeAccount(api, state, options);
  const until = Math.min(options.deadlineMs, world.clock.now() + inUsePatienceMs);
  for (let pause = 500; ; pause = Math.min(5_000, pause * 2)) {
    await mustBePresent(world);
    try {
      await api.call("DeleteCommand", { commandId: id }, options);
      return;
    } catch (reason) {
      const error = CloudAssistantError.from(reason);
      if (error.apiCode === "InvalidCmdId.NotFound") return;
      if (error.apiCode !== "InvalidStatus.CmdIdInUse") throw error;
      const { holders, stopping } = await usersOf(id);
      if (!stopping || world.clock.now() + pause > until || world.signal.aborted) {
        throw inUse(id, holders, error);
      }
      await world.clock.sleep(pause, world.signal);
    }
  }

  async function usersOf(
    commandId: string,
  ): Promise<{ readonly holders: readonly string[]; readonly stopping: boolean }> {
    const answer = await api.call("DescribeInvocations", { commandId, maxResults: 50 }, options);
    const living = (answer.invocations?.invocation ?? []).filter((invocation) =>
      ["Pending", "Running", "Scheduled", "Stopping"].includes(invocation.invocationStatus ?? ""),
    );
    return {
      holders: living.map((invocation) => invocation.invokeId ?? ""),
      // With nobody left the index is late, or the last one ends just now.
      stopping: living.every((invocation) => invocation.invocationStatus === "Stopping"),
    };
  }
}

const inUsePatienceMs = 150_000;

function inUse(
  id: string,
  holders: readonly string[],
  cause: CloudAssistantError,
): CloudAssistantError {
  return new CloudAssistantError(
    "CommandInUse",
    `The saved command is still used. Given: ${id}, used by ${holders.join(", ") || "an invocation"}. ` +
      `Allowed: a command that no living invocation uses. Stop those invocations, or take the ` +
      `resource out of the program that made them; then run this again.`,
    { cause, ...(cause.apiCode === undefined ? {} : { apiCode: cause.apiCode }) },
  );
}
