import { isRegionId } from "cloud-assistant-api";
import type { Logger } from "pino";
import type { SimDefaults } from "./backends/sim/behaviour.js";
import type { ClockOptions } from "./clock/clock.js";
import { ACCOUNTS, INSTANCE, LIMITS, PUBLIC_COMMAND, SIM } from "./check-input.js";
import { EmulatorError } from "./errors.js";
import { checkFaultRule } from "./faults/check-rule.js";
import type { FaultRule } from "./faults/fault-rule.js";
import type { Account } from "./gates/credentials.js";
import type { Limits } from "./limits.js";
import type { RequestLogOptions } from "./request-log/request-log.js";
import type { InstanceSeed, PublicCommandSeed } from "./service.js";
import { isWhole, listOf } from "./shape.js";

export type EmulatorOptions = {
  /** 0 takes any free port. @default 0 */
  readonly port?: number;
  /** Folder that keeps the state. Without it nothing outlives the process. */
  readonly data?: string;
  /** Where a request goes that names no region. @default "cn-hangzhou" */
  readonly regionId?: string;
  /** Who may call. @default one account, its secret made at random and kept in the data folder */
  readonly accounts?: readonly Account[];
  /** How many, or which ones. A data folder that already knows instances keeps its own. @default 0 */
  readonly instances?: number | readonly InstanceSeed[];
  /** Of instances that do not say. @default "exec": commands really run on this machine */
  readonly backend?: "exec" | "sim";
  /** @default real */
  readonly clock?: ClockOptions;
  readonly limits?: Partial<Limits>;
  /** Of ids and of faults. @default random */
  readonly seed?: string;
  /** How `exec` instances are kept apart. @default "auto": namespaces where they work, else plain */
  readonly isolation?: "auto" | "namespaces" | "plain";
  /** Where the emulator writes what it does. @default nowhere */
  readonly logger?: Logger;
  /** How simulated instances behave that do not say. */
  readonly sim?: SimDefaults;
  readonly publicCommands?: readonly PublicCommandSeed[];
  /** Faults that are set from the start. */
  readonly faults?: readonly FaultRule[];
  readonly requestLog?: RequestLogOptions;
};

/** Where a request goes that names no region, unless the options say otherwise. */
export const DEFAULT_REGION = "cn-hangzhou";

/** Every reason why options cannot be taken; they may come from JavaScript or from a file. */
export function checkOptions(options: EmulatorOptions): void {
  const problems = [...portProblems(options.port), ...fleetProblems(options)];
  const { regionId, clock, data } = options;
  if (data === "") problems.push("data is empty; name a folder, or leave it out");
  if (regionId !== undefined && !isRegionId(regionId)) {
    problems.push(`regionId is ${JSON.stringify(regionId)}; give one such as cn-hangzhou`);
  }
  if (clock?.mode === "scaled" && !(clock.factor > 0 && Number.isFinite(clock.factor))) {
    problems.push(`clock.factor is ${clock.factor}; give a number above 0`);
  }
  if (clock?.mode === "virtual" && Number.isNaN(Date.parse(clock.now))) {
    problems.push(`clock.now is ${JSON.stringify(clock.now)}; give an instant in ISO 8601`);
  }
  if (problems.length > 0) throw new EmulatorError("InvalidOption", `${problems.join(".\n")}.`);
}

/** `3` as three seeds. */
export function instanceSeeds(instances: EmulatorOptions["instances"]): readonly InstanceSeed[] {
  if (typeof instances !== "number") return instances ?? [];
  return Array.from({ length: instances }, (_, i) => ({ instanceName: `instance-${i + 1}` }));
}

function portProblems(port: number | undefined): string[] {
  if (port === undefined || (Number.isInteger(port) && port >= 0 && port <= 65_535)) return [];
  return [`port is ${port}; give a whole number from 0 to 65535`];
}

function accountProblems(accounts: readonly Account[] | undefined): string[] {
  if (accounts === undefined) return [];
  const problems = [...ACCOUNTS.problems(accounts, "accounts")];
  if (problems.length > 0) return problems;
  if (accounts.length === 0) return ["accounts is empty; give at least one, or leave it out"];
  const keys = accounts.map((account) => account.accessKeyId);
  return keys
    .filter((key, i) => keys.indexOf(key) !== i)
    .map((key) => `two accounts have the access key ${key}; each key belongs to one`);
}

/** Far more than the memory of one process takes. */
const MOST_INSTANCES = 1_000_000;

/** What is wrong with the part of the options that a seed file may hold, each with its place. */
export function fleetProblems(options: EmulatorOptions): readonly string[] {
  const { instances = [], limits, sim, publicCommands = [], faults = [] } = options;
  const isCount = typeof instances === "number";
  const isGoodCount = isWhole(instances) && instances >= 0 && instances <= MOST_INSTANCES;
  return [
    ...accountProblems(options.accounts),
    ...(isCount ? [] : listOf(INSTANCE).problems(instances, "instances")),
    ...(isCount && !isGoodCount
      ? [`instances is ${instances}; give a whole number from 0 to ${MOST_INSTANCES}, or a list`]
      : []),
    ...(limits === undefined ? [] : LIMITS.problems(limits, "limits")),
    ...(sim === undefined ? [] : SIM.problems(sim, "sim")),
    ...listOf(PUBLIC_COMMAND).problems(publicCommands, "publicCommands"),
    ...faults.flatMap((rule, index) => checkFaultRule(rule, `faults[${index}]`)),
  ];
}
