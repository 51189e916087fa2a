import { CloudAssistantError } from "../errors.js";
import type { Hold } from "../plan/hold.js";
import { named } from "../plan/targets.js";
import { stopInvocations, stopOwner, type StopDeps, type StopProgress } from "../lifecycle/stop.js";
import type { CliDeps } from "./deps.js";
import type { CommonOptions, Session } from "./session.js";
import { findStopTarget, type StopOptions, type StopTarget } from "./stop-target.js";
import { usageError } from "./usage-error.js";

export type StopCommandOptions = CommonOptions & StopOptions & { readonly reason?: string };

/** `stop`: holds a run, and stops what of it is alive. */
export async function stop(
  name: string | undefined,
  options: StopCommandOptions,
  session: Session,
  deps: CliDeps,
): Promise<void> {
  const given = [name, options.urn, options.owner].filter((one) => one !== undefined);
  if (given.length !== 1) {
    throw usageError(
      `It is not clear whose run is to be stopped. Given: ${given.join(", ") || "nobody"}. Allowed: ` +
        `one of NAME, --urn URN and --owner ID. Write just one of them.`,
    );
  }
  const target = await findStopTarget(name, options, session, deps);
  const print = (line: string): void => {
    deps.stdout.write(`${line}\n`);
  };
  const progress = (step: StopProgress): void => {
    print(describe(step));
  };
  const stopDeps: StopDeps = { clock: deps.clock, randomId: deps.randomId, options: {} };
  if (target.untagged) {
    await stopUntagged(target, stopDeps, print, progress);
    return;
  }
  const end = await stopOwner(target.api, target.owner, options.reason ?? "", stopDeps, progress);
  print(
    `${target.what}: held in region ${target.api.region}; ${machines(end.stopped)} told to stop, and ` +
      `two looks in a row found nothing new`,
  );
  for (const line of releases(end.hold, target)) print(line);
}

function describe(step: StopProgress): string {
  switch (step.kind) {
    case "held":
      return `hold ${step.hold.id} is set on ${named(step.invokeIds, 5)}`;
    case "stopped":
      return `told to stop: ${step.invokeId} on ${machines(step.instanceIds.length)}`;
  }
}

function machines(count: number): string {
  return `${count} machine${count === 1 ? "" : "s"}`;
}

function releases(hold: Hold, target: StopTarget): readonly string[] {
  const before = target.saved?.status === "Held" ? target.saved.holdId : "";
  return [
    "Nothing more of this run is called until the hold is released:",
    `  CLOUD_ASSISTANT_RESUME=${hold.id} pulumi up    goes on`,
    `  CLOUD_ASSISTANT_ABANDON=${hold.id} pulumi up   leaves it as it is`,
    ...(before === "" ? [] : [`Hold ${before} is in force as well: release both, that one first.`]),
  ];
}

/** Without tags nothing can carry a hold: what the state knows is stopped, and no more than that. */
async function stopUntagged(
  target: StopTarget,
  stopDeps: StopDeps,
  print: (line: string) => void,
  progress: (step: StopProgress) => void,
): Promise<void> {
  if (target.saved === undefined) {
    throw new CloudAssistantError(
      "NothingToStop",
      `${target.what} carries no tags (ownership: "none") and is not in the state yet, so its ` +
        `invocations cannot be found. Given: a first create without tags. Allowed: a run with tags, ` +
        `or one that is in the state. Interrupt the pulumi process itself.`,
    );
  }
  print(
    `${target.what} carries no tags (ownership: "none"): the provider cannot be told. A pulumi up ` +
      `that is under way goes on with its next batch; interrupt it as well.`,
  );
  const stopped = await stopInvocations(target.api, target.saved.invocationIds, stopDeps, progress);
  print(`${target.what}: ${machines(stopped)} told to stop; no hold is set`);
}
