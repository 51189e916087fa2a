import { findByIds } from "../../client/fleet.js";
import type { CallOptions, CloudApi } from "../../client/port.js";
import { isOnline, readClients } from "../../client/readiness.js";
import { CloudAssistantError } from "../../errors.js";
import type { CommandInvocationInputs, CommandType } from "../../inputs.js";
import { isManaged, type Instance } from "../../plan/instance.js";
import {
  defaultReadinessWait,
  standingOf,
  standingsFor,
  unreadyBudget,
  type Condition,
  type Standing,
} from "../../plan/readiness.js";
import { named } from "../../plan/targets.js";
import type { LedgerBook } from "../../result/ledger.js";
import { nameOf, type World } from "../world.js";
import { bringUp, nothingBroughtUp, type BroughtUp } from "./bring-up.js";

/** Looks at members: power, client, operating system. */
export async function lookAt(
  api: CloudApi,
  ids: readonly string[],
  type: CommandType,
  options: CallOptions,
): Promise<ReadonlyMap<string, Standing>> {
  return standingsAmong(api, ids, await findByIds(api, ids, options), type, options);
}

/**
 * The same for machines that were read already.
 *
 * @param type undefined where the command is not known yet: then every system fits
 */
export async function standingsAmong(
  api: CloudApi,
  ids: readonly string[],
  instances: ReadonlyMap<string, Instance>,
  type: CommandType | undefined,
  options: CallOptions,
): Promise<ReadonlyMap<string, Standing>> {
  const running = ids.filter((id) => !isManaged(id) && instances.get(id)?.power === "Running");
  const clients = await readClients(api, running, options);
  return new Map(
    ids.map((id) => {
      const client = clients.get(id);
      const condition: Condition = {
        instance: instances.get(id),
        online: isOnline(client),
        clientVersion: client?.cloudAssistantVersion ?? "",
      };
      return [id, standingOf(id, condition, type)] as const;
    }),
  );
}

/** Machines that were read a moment ago. */
export type SeenMachines = {
  readonly instances: ReadonlyMap<string, Instance>;
  /** Milliseconds since the epoch. */
  readonly at: number;
};

/** What was read so lately, in milliseconds, need not be read again. */
export const freshLookMs = 5_000;

export type Sweep = {
  /** Members to run, in their order. */
  readonly ready: readonly string[];
  /** Milliseconds since the epoch. */
  readonly lookedAt: number;
};

/**
 * One sweep over all members before the first call: waits for what is coming up, starts and
 * installs where asked to, and writes who is left out into the ledger.
 * @throws CloudAssistantError `NotReady`, listing who and why, when more are unready than may be
 */
export async function sweep(
  api: CloudApi,
  inputs: CommandInvocationInputs,
  type: CommandType,
  {
    ids,
    membersAtStart,
    seen,
  }: {
    readonly ids: readonly string[];
    readonly membersAtStart: number;
    readonly seen?: SeenMachines | undefined;
  },
  book: LedgerBook,
  world: World,
  options: CallOptions & { readonly deadlineMs: number },
): Promise<Sweep> {
  const allowed = unreadyBudget(inputs.readiness, membersAtStart);
  const readiness = inputs.readiness ?? {};
  const until = Math.min(
    options.deadlineMs,
    world.clock.now() + (readiness.wait ?? defaultReadinessWait) * 1_000,
  );
  const done = nothingBroughtUp();
  let announced = false;
  let known = seen !== undefined && world.clock.now() - seen.at < freshLookMs ? seen : undefined;
  for (let pause = 2_000; ; pause = Math.min(10_000, pause * 1.5)) {
    const instances = known?.instances ?? (await findByIds(api, ids, options));
    known = undefined;
    const looked = await standingsAmong(api, ids, instances, type, options);
    const standings = standingsFor(inputs.schedule, looked);
    await bringUp(api, inputs, standings, done, world, options);
    const waitingFor = ids.filter((id) => worthWaiting(id, standings.get(id), inputs, done));
    const ended = world.signal.aborted || world.windDown.aborted || !(await world.presence());
    if (waitingFor.length === 0 || world.clock.now() >= until || ended) {
      return judge(inputs, ids, withRefusals(standings, done), allowed, book, world);
    }
    if (!announced) {
      announced = true;
      world.print(
        nameOf(inputs.resourceUrn),
        `waits up to ${Math.ceil((until - world.clock.now()) / 1_000)} s for ${named(waitingFor)}`,
      );
    }
    await world.clock.sleep(Math.min(pause, until - world.clock.now()), world.signal);
  }
}

/** Who could not be started says why. */
function withRefusals(
  standings: ReadonlyMap<string, Standing>,
  { refused }: BroughtUp,
): ReadonlyMap<string, Standing> {
  return new Map(
    [...standings].map(([id, standing]) => {
      const why = refused.get(id);
      return [
        id,
        why === undefined || standing.kind !== "stopped"
          ? standing
          : { ...standing, reason: `${standing.reason} and could not be started (${why})` },
      ] as const;
    }),
  );
}

function worthWaiting(
  id: string,
  standing: Standing | undefined,
  inputs: CommandInvocationInputs,
  done: BroughtUp,
): boolean {
  switch (standing?.kind) {
    case "coming":
      return true;
    case "offline":
    case "no-client":
      // Who asked for online machines only does not wait for the others.
      return (
        inputs.targets.clientStatus !== "online" || done.started.has(id) || done.installed.has(id)
      );
    case "stopped":
      return done.started.has(id);
    case "ready":
    case "unfit":
    case "gone":
    case undefined:
      return false;
  }
}

function judge(
  inputs: CommandInvocationInputs,
  ids: readonly string[],
  standings: ReadonlyMap<string, Standing>,
  allowed: number,
  book: LedgerBook,
  world: World,
): Sweep {
  const declared = new Set(inputs.targets.instanceIds ?? []);
  const unready: [id: string, reason: string][] = [];
  const skipped: [id: string, reason: string][] = [];
  const gone: string[] = [];
  const ready: string[] = [];
  const rows: (() => void)[] = [];
  for (const id of ids) {
    const standing = standings.get(id) ?? { kind: "gone" };
    const attempt = book.get(id)?.attempt ?? 0;
    if (standing.kind === "ready") ready.push(id);
    else if (standing.kind === "gone") {
      gone.push(id);
      rows.push(() => {
        book.set(id, declared.has(id) ? missingRow(attempt) : { status: "Gone", attempt });
      });
    } else if (isSkipped(standing, inputs)) {
      skipped.push([id, standing.reason]);
      rows.push(() => {
        book.set(id, { status: "Skipped", attempt, errorInfo: `${id} ${standing.reason}` });
      });
    } else {
      unready.push([id, standing.reason]);
      rows.push(() => {
        book.set(id, {
          status: "Unready",
          attempt,
          errorCode: "NotReady",
          errorInfo: standing.reason,
        });
      });
    }
  }
  world.emit({
    event: "sweep",
    ready: ready.length,
    unready: unready.map(withReason),
    allowed,
    skipped: skipped.map(withReason),
    gone,
  });
  const others = othersUnready(book, new Set(ids));
  if (unready.length > 0 && unready.length + others > allowed) throw notReady(unready, allowed);
  for (const write of rows) write();
  return { ready, lookedAt: world.clock.now() };
}

/** Members that were found unready before and are not looked at now: they use up the budget too. */
function othersUnready(book: LedgerBook, lookedAt: ReadonlySet<string>): number {
  let count = 0;
  for (const [id, row] of book.entries()) {
    if (row.status === "Unready" && !lookedAt.has(id)) count += 1;
  }
  return count;
}

function withReason([instanceId, reason]: readonly [string, string]): {
  readonly instanceId: string;
  readonly reason: string;
} {
  return { instanceId, reason };
}

/** Whether the program asks for online machines only, and this is none. */
export function isSkipped(standing: Standing, inputs: CommandInvocationInputs): boolean {
  return (
    inputs.targets.clientStatus === "online" &&
    (standing.kind === "offline" || standing.kind === "no-client")
  );
}

/** The code of a declared id that does not exist; the service's own. */
export const missingCode = "InstanceNotExists";

/** A declared id that does not exist is a failed member, before any call includes it. */
export function missingRow(attempt: number): {
  readonly status: "Aborted";
  readonly attempt: number;
  readonly errorCode: string;
  readonly errorInfo: string;
} {
  return {
    status: "Aborted",
    attempt,
    errorCode: missingCode,
    errorInfo: "The instance does not exist.",
  };
}

function notReady(
  unready: readonly (readonly [string, string])[],
  allowed: number,
): CloudAssistantError {
  const lines = unready.slice(0, 20).map(([id, reason]) => `  ${id} ${reason}`);
  if (unready.length > 20) lines.push(`  and ${unready.length - 20} more`);
  return new CloudAssistantError(
    "NotReady",
    `readiness: machines are not ready, so nothing ran. Given: ${unready.length} not ready. ` +
      `Allowed: ${allowed} (readiness.maxUnready). Start them or mend their clients, write ` +
      `readiness: { start: true } or { install: "with-reboot" }, or raise maxUnready.\n` +
      lines.join("\n"),
  );
}
