import type { Clock } from "./clock/clock.js";
import type { EmulatorControls } from "./emulator-api.js";
import { EmulatorError } from "./errors.js";
import type { FaultBook } from "./faults/fault-book.js";
import type { ThrottleWindows } from "./gates/throttle.js";
import type { RequestLog } from "./request-log/request-log.js";
import type { Service, ServiceEvent } from "./service.js";
import { waitFor } from "./wait-for.js";

export type ControlDeps = {
  readonly service: Service;
  readonly clock: Clock;
  readonly log: RequestLog;
  readonly faults: FaultBook;
  readonly throttle: ThrottleWindows;
  /** Where a machine's files are; undefined for a simulated one. */
  readonly root: (instanceId: string) => string | undefined;
  /** Aborted when the emulator is closed: nothing that is awaited comes any more. */
  readonly closed: AbortSignal;
};

/** The controls of an emulator in this process. */
export function createControls(deps: ControlDeps): EmulatorControls {
  const { service, log, faults } = deps;
  const { admin } = service;
  return {
    requests: {
      list: (filter) => log.list(filter),
      wait: (filter = {}, count = 1, timeoutMs) =>
        log.wait(filter, count, { timeoutMs, closed: deps.closed }),
      clear: () => {
        log.clear();
      },
    },
    clock: clockControls(deps.clock),
    faults: {
      add: (rule) => faults.add(rule),
      remove: (id) => faults.remove(id),
      list: () => faults.list(),
      clear: () => {
        faults.clear();
      },
    },
    limits: { get: () => admin.limits.get(), set: (patch) => admin.limits.set(patch) },
    instances: { ...admin.instances, root: (instanceId) => rootOf(deps, instanceId) },
    publicCommands: admin.publicCommands,
    events: {
      list: (afterSeq) => admin.events.list(afterSeq),
      next: (afterSeq, timeoutMs) => nextEvents(deps, afterSeq, timeoutMs),
    },
    invocations: () => admin.invocations(),
    tasks: () => admin.tasks(),
    output: (invokeId, instanceId) => {
      const found = admin.output(invokeId, instanceId);
      if (found === undefined) return undefined;
      const { output, dropped, live } = found;
      return { outputBase64: output.toString("base64"), dropped, live };
    },
    snapshot: () => admin.snapshot(),
    load: (snapshot) => admin.load(snapshot),
    reset: async () => {
      faults.clear();
      await admin.reset();
      faults.reset();
      deps.throttle.clear();
      log.clear();
    },
  };
}

function clockControls(clock: Clock): EmulatorControls["clock"] {
  const advanceTo = async (toMs: number): Promise<void> => {
    if (clock.mode !== "virtual") {
      throw new EmulatorError(
        "ClockRefused",
        `The clock is ${clock.mode}: only a virtual one is advanced. Start with --clock virtual:ISO.`,
      );
    }
    if (toMs < clock.now()) {
      const now = new Date(clock.now()).toISOString();
      throw new EmulatorError("ClockRefused", `The clock is at ${now} and does not go back.`);
    }
    await clock.advanceTo(toMs);
  };
  return {
    now: () => clock.now(),
    advance: (ms) => advanceTo(clock.now() + ms),
    advanceTo: async (to) => {
      const toMs = typeof to === "number" ? to : Date.parse(to);
      if (Number.isFinite(toMs)) return advanceTo(toMs);
      throw new EmulatorError("InvalidOption", `${JSON.stringify(to)} is not an instant.`);
    },
  };
}

function rootOf({ service, root }: ControlDeps, instanceId: string): string | undefined {
  const instance = service.admin.instances.get(instanceId);
  if (instance === undefined) {
    throw new EmulatorError("NotFound", `There is no instance ${instanceId}.`);
  }
  return instance.backend === "exec" ? root(instanceId) : undefined;
}

function nextEvents(
  { service, closed }: ControlDeps,
  afterSeq: number | undefined,
  timeoutMs: number | undefined,
): Promise<ServiceEvent[]> {
  const { events } = service.admin;
  const from = afterSeq ?? events.list().at(-1)?.seq ?? 0;
  const look = (): ServiceEvent[] | undefined => {
    const found = events.list(from);
    return found.length > 0 ? found : undefined;
  };
  return waitFor(look, (again) => events.subscribe(again), { timeoutMs, closed });
}
