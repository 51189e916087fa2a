import * as pulumi from "@pulumi/pulumi";
import type {
  CommandType,
  HoldReason,
  Ledger,
  Plan,
  ResourceStatus,
  ScheduleHazard,
  Summary,
  TerminationMode,
} from "../inputs.js";
import { commandInvocationType, moduleName } from "../names.js";
import { invocationByName } from "./by-name.js";
import { Command } from "./command.js";
import { prepareOptions } from "./options.js";
import { secretPaths } from "./secret-paths.js";
import { withoutStackTraces } from "./stack-traces.js";
import { written } from "./written.js";

type Tags = pulumi.Input<Record<string, pulumi.Input<string>>>;

/** Which machines a command runs on. Selected ones join declared ones; `exclude` is taken out. */
export interface TargetsArgs {
  /** Machines by id: `i-…`, or managed ones `mi-…`. Each once. */
  instanceIds?: pulumi.Input<pulumi.Input<string>[]>;
  /** Machines by name: exact, or a prefix such as `web-*`. */
  names?: pulumi.Input<pulumi.Input<string>[]>;
  /** Machines that carry all of these tags. */
  tags?: Tags;
  resourceGroupId?: pulumi.Input<string>;
  /** `"online"`: machines whose client is offline are skipped. */
  clientStatus?: pulumi.Input<"online">;
  exclude?: pulumi.Input<{ instanceIds?: pulumi.Input<pulumi.Input<string>[]>; tags?: Tags }>;
  /** Whether selected machines are fixed when a run is made, or followed. */
  membership?: pulumi.Input<"pinned" | "track">;
  /** How many machines must match. More than 100 selected ones need a `max`. @default min 1 */
  expect?: pulumi.Input<{ min?: pulumi.Input<number>; max?: pulumi.Input<number> }>;
}

/** When a command runs. Without one: now, once. */
export interface ScheduleArgs {
  cron?: pulumi.Input<string>;
  timezone?: pulumi.Input<string>;
  rate?: pulumi.Input<string>;
  at?: pulumi.Input<string>;
  boot?: pulumi.Input<"next" | "every">;
  suspend?: pulumi.Input<boolean>;
  allow?: pulumi.Input<pulumi.Input<ScheduleHazard>[]>;
}

type CountOrPercent = pulumi.Input<number | string>;

/** The arguments of a {@link CommandInvocation}. Exactly one of `command`, `commandId`, `script`. */
export interface CommandInvocationArgs {
  /** A {@link Command} of this program. */
  command?: Command;
  /** The id of a saved command (`c-…`), or the name of a public one. */
  commandId?: pulumi.Input<string>;
  /** A script that is run without being saved. */
  script?: pulumi.Input<{ content: pulumi.Input<string>; type?: pulumi.Input<CommandType> }>;
  /** Values of the custom parameters; each may be secret. */
  parameters?: Tags;
  /** For `script`: whether `{{name}}` is filled in. @default true when there is one */
  enableParameter?: pulumi.Input<boolean>;
  targets: pulumi.Input<TargetsArgs>;
  schedule?: pulumi.Input<ScheduleArgs>;
  /** Who runs it. @default root, or System on Windows */
  username?: pulumi.Input<string>;
  /** Name of the OOS secret parameter with the password; for an ordinary user on Windows. */
  windowsPasswordName?: pulumi.Input<string>;
  /** Must exist. @default the home directory of the user */
  workingDir?: pulumi.Input<string>;
  launcher?: pulumi.Input<string>;
  container?: pulumi.Input<{ id?: pulumi.Input<string>; name?: pulumi.Input<string> }>;
  /** Any values: when they change, the command runs again. */
  triggers?: pulumi.Input<unknown>;
  /** Seconds, at least 10. @default the command's own, 60 for a script */
  timeout?: pulumi.Input<number>;
  terminationMode?: pulumi.Input<TerminationMode>;
  /** `oss://bucket/prefix`: where the service also puts the output. */
  ossOutputDelivery?: pulumi.Input<string>;
  /** Tags of the invocation; at most 15. */
  tags?: Tags;
  /** @default [0] */
  successExitCodes?: pulumi.Input<pulumi.Input<number>[]>;
  rollout?: pulumi.Input<{
    batchSize?: CountOrPercent;
    canary?: pulumi.Input<{
      size?: CountOrPercent;
      tags?: Tags;
      maxFailures?: CountOrPercent;
      soak?: pulumi.Input<number>;
    }>;
    maxFailures?: CountOrPercent;
    pauseBetweenBatches?: pulumi.Input<number>;
  }>;
  readiness?: pulumi.Input<{
    wait?: pulumi.Input<number>;
    start?: pulumi.Input<boolean>;
    install?: pulumi.Input<"with-reboot">;
    maxUnready?: CountOrPercent;
  }>;
  retry?: pulumi.Input<{
    attempts?: pulumi.Input<number>;
    exitCodes?: pulumi.Input<pulumi.Input<number>[]>;
    errorCodes?: pulumi.Input<pulumi.Input<string>[]>;
    onNextUp?: pulumi.Input<boolean>;
  }>;
  /** How long one call is waited for, in seconds. @default the command's timeout + 90 */
  wait?: pulumi.Input<{
    for?: pulumi.Input<"completion" | "acceptance">;
    timeout?: pulumi.Input<number>;
  }>;
  quota?: pulumi.Input<{ onExceed?: pulumi.Input<"fail" | "warn"> }>;
  /** What is kept of the output: the tail of each target, 256 KiB a resource at most. */
  output?: pulumi.Input<{
    capture?: pulumi.Input<"all" | "failed" | "none">;
    maxBytesPerTarget?: pulumi.Input<number>;
    secret?: pulumi.Input<boolean>;
  }>;
  connection?: pulumi.Input<{
    region?: pulumi.Input<string>;
    accountId?: pulumi.Input<string>;
    profile?: pulumi.Input<string>;
    assumeRole?: pulumi.Input<{
      roleArn: pulumi.Input<string>;
      sessionName?: pulumi.Input<string>;
      externalId?: pulumi.Input<string>;
    }>;
  }>;
  adoptInvocationIds?: pulumi.Input<pulumi.Input<string>[]>;
  ownership?: pulumi.Input<"tags" | "none">;
}

/**
 * Runs a command on machines, waits for the end and keeps the result of each of them.
 *
 * @example
 * ```ts
 * const uptime = new CommandInvocation("uptime", {
 *   script: { content: "uptime" },
 *   targets: { instanceIds: ["i-bp1f4f6o8lv0wqof1234"] },
 * });
 * ```
 */
export class CommandInvocation extends pulumi.dynamic.Resource {
  /** Lets `validateResourceOfType` of policy packs recognise it. */
  static readonly __pulumiType = commandInvocationType;

  /** Who owns what this resource starts: a hash, for the life of the resource. */
  declare readonly owner: pulumi.Output<string>;
  /** Changes with every new run. */
  declare readonly runId: pulumi.Output<string>;
  /** Set while the run waits for an operator. */
  declare readonly holdId: pulumi.Output<string>;
  /** What it waits for; absent while `holdId` is empty. */
  declare readonly holdReason: pulumi.Output<HoldReason | undefined>;
  declare readonly invocationIds: pulumi.Output<string[]>;
  declare readonly status: pulumi.Output<ResourceStatus>;
  /** The ledger: a row a machine, by instance id. */
  declare readonly results: pulumi.Output<Ledger>;
  declare readonly summary: pulumi.Output<Summary>;
  /** SHA-256 of the content that the current run runs. */
  declare readonly commandContentHash: pulumi.Output<string>;
  declare readonly accountId: pulumi.Output<string>;
  declare readonly region: pulumi.Output<string>;
  /** What the last preview said, without its members: `calls` is empty, `counts` tells how many. */
  declare readonly plan: pulumi.Output<Plan>;

  constructor(name: string, args: CommandInvocationArgs, opts?: pulumi.CustomResourceOptions) {
    const { deadline, urn } = prepareOptions(
      name,
      commandInvocationType,
      opts,
      args.connection !== undefined,
    );
    const { command, ...rest } = written(args);
    const inputs = {
      ...rest,
      ...(command === undefined ? {} : { command: referenceTo(command) }),
    };
    const resume = withoutStackTraces();
    try {
      super(
        invocationByName,
        name,
        {
          // Outputs must be keys of the properties, or they never exist on the class.
          owner: undefined,
          runId: undefined,
          holdId: undefined,
          holdReason: undefined,
          invocationIds: undefined,
          status: undefined,
          results: undefined,
          summary: undefined,
          commandContentHash: undefined,
          accountId: undefined,
          region: undefined,
          schemaVersion: undefined,
          plan: undefined,
          ...inputs,
          resourceUrn: urn,
          organization: pulumi.getOrganization(),
          secretInputs: secretPaths(inputs),
          ...(deadline === undefined ? {} : { deadline }),
        },
        // --replace and replaceOnChanges do not ask diff, so the order is said here as well.
        { deleteBeforeReplace: true, ...opts },
        moduleName,
        "CommandInvocation",
      );
    } finally {
      resume();
    }
  }
}

/** What an invocation must know of a command; all of it but the id is known in every preview. */
function referenceTo(command: Command): Record<string, pulumi.Input<unknown>> {
  if (!(command instanceof Command)) return command;
  return {
    commandId: command.commandId,
    name: command.name,
    type: command.type.apply((type) => type ?? "RunShellScript"),
    contentHash: command.contentHash,
    enableParameter: command.enableParameter,
    parameterNames: command.parameterNames,
    timeout: command.timeout.apply((timeout) => timeout ?? 60),
  };
}
