import { INSTANCE, refuseInput } from "./check-input.js";
import { EmulatorError } from "./errors.js";
import type { InstanceSeed } from "./service-api.js";
import type { InstanceRecord } from "./state/records.js";

export type NewInstanceDefaults = {
  readonly nowMs: number;
  readonly regionId: string;
  readonly backend: "exec" | "sim";
  readonly newId: (prefix: string) => string;
  readonly newSeq: () => number;
};

/** A seed made whole. Throws EmulatorError InvalidOption for one that cannot be. */
export function newInstance(seed: InstanceSeed, defaults: NewInstanceDefaults): InstanceRecord {
  refuseInput("The instance", INSTANCE.problems(seed, ""));
  const managed = seed.managed ?? seed.instanceId?.startsWith("mi-") ?? false;
  const osType = seed.osType ?? "linux";
  const backend = seed.backend ?? (osType === "windows" ? "sim" : defaults.backend);
  check(seed, osType, backend, managed);
  const id = seed.instanceId ?? defaults.newId(managed ? "mi" : "i");
  const running = (seed.power ?? "Running") === "Running";
  const installed = seed.agent?.installed ?? true;
  const mode = seed.agent?.mode ?? "online";
  return {
    id,
    seq: defaults.newSeq(),
    name: seed.instanceName ?? id,
    osType,
    backend,
    managed,
    zoneId: seed.zoneId ?? `${seed.regionId ?? defaults.regionId}-b`,
    resourceGroupId: seed.resourceGroupId ?? "",
    tags: seed.tags ?? {},
    timeZone: seed.timeZone ?? "Asia/Shanghai",
    power: running ? "Running" : "Stopped",
    bootId: defaults.newId("boot"),
    bootCount: running ? 1 : 0,
    createdAt: defaults.nowMs,
    startedAt: defaults.nowMs,
    agent: {
      installed,
      version: seed.agent?.version ?? DEFAULT_AGENT_VERSION[osType],
      mode,
      fault: seed.agent?.fault ?? "none",
    },
    ...(seed.behaviour === undefined ? {} : { behaviour: seed.behaviour }),
  };
}

/** The release whose behaviour was observed. */
const DEFAULT_AGENT_VERSION = { linux: "2.2.3.578", windows: "2.1.3.578" } as const;

function check(
  seed: InstanceSeed,
  osType: "linux" | "windows",
  backend: "exec" | "sim",
  managed: boolean,
): void {
  if (osType === "windows" && backend === "exec") {
    throw wrong(seed, "a Windows instance can only be simulated: leave backend out, or say sim");
  }
  if (seed.instanceId !== undefined && !/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(seed.instanceId)) {
    throw wrong(seed, "instanceId takes up to 64 letters, digits, dots, _ and -");
  }
  if (seed.instanceId !== undefined && managed !== seed.instanceId.startsWith("mi-")) {
    throw wrong(seed, "ids of managed instances, and only those, begin with mi-");
  }
}

function wrong(seed: InstanceSeed, why: string): EmulatorError {
  const who = seed.instanceId ?? seed.instanceName ?? "without a name";
  return new EmulatorError("InvalidOption", `The instance ${who} cannot be made: ${why}.`);
}
