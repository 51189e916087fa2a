import { randomBytes } from "node:crypto";
import { createSimBackend } from "./backends/sim/index.js";
import type { Backend, BackendDeps } from "./backends/backend.js";
import { Control } from "./control/control.js";
import { EventLog } from "./control/event-log.js";
import { EmulatorError } from "./errors.js";
import { LIMITS, refuseInput } from "./check-input.js";
import { createAdmin } from "./service-admin.js";
import { createHandler } from "./handle.js";
import { defaultLimits, type Limits } from "./limits.js";
import { newInstance } from "./new-instance.js";
import { publicCommandRecord } from "./public-command.js";
import { OPERATIONS } from "./registry.js";
import type { InstanceSeed, Service, ServiceOptions } from "./service-api.js";
import { ACTIONS, isActionName } from "cloud-assistant-api";
import type { InstanceRecord } from "./state/records.js";
import type { Realm } from "./state/realm.js";
import { Store } from "./state/store.js";

/**
 * Opens the back of an emulator. With `data` it goes on where the journal ends: machines that were on
 * are on, what they had been given is found again, schedules are armed.
 *
 * @throws EmulatorError DataInUse, DataDamaged, DataNewer; InvalidOption for a seed that cannot be
 */
export async function openService(options: ServiceOptions): Promise<Service> {
  const store = Store.open({
    ...(options.data === undefined ? {} : { folder: options.data }),
    seed: options.seed ?? randomBytes(8).toString("hex"),
    log: options.logger,
  });
  try {
    return await openWith(store, options);
  } catch (reason) {
    store.close();
    throw reason;
  }
}

async function openWith(store: Store, options: ServiceOptions): Promise<Service> {
  const { clock } = options;
  if (clock.mode === "virtual" && store.lastCommitMs > clock.now()) {
    await clock.advanceTo(store.lastCommitMs);
  }
  let limits: Limits;
  const setLimits = (patch: Partial<Limits>, before: Limits): Limits => {
    refuseInput("The limits", LIMITS.problems(patch, ""));
    limits = { ...before, ...patch };
    return limits;
  };
  const startAnew = (): void => {
    setLimits(options.limits ?? {}, defaultLimits());
    const { publicCommands = [] } = options;
    const records = publicCommands.map((seed, i) => publicCommandRecord(seed, i, clock.now()));
    store.publicCommands.splice(0, Infinity, ...records);
  };
  startAnew();

  const control: Control = new Control({
    store,
    clock,
    limits: () => limits,
    events: new EventLog(),
    backend: (instance) => backendOf(backends, instance.backend),
    log: options.logger,
  });
  const backends = createBackends(options, control);
  for (const backend of backends.values()) clock.attach(backend);
  clock.attach(control.power);

  const addInstance = instanceAdder(store, options, control);
  if (store.isNew) for (const seed of options.instances ?? []) addInstance(seed);
  else await recover(control, backends);

  const { handle } = createHandler({
    store,
    control,
    clock,
    limits: () => limits,
    accounts: new Set(options.accounts.map(({ accountId }) => accountId)),
    newInstance: (seed, call) => newInstance(seed, { ...call, backend: defaultBackend(options) }),
    log: options.logger,
  });
  const admin = createAdmin({
    store,
    control,
    clock,
    limits: {
      get: () => limits,
      set: (patch) => setLimits(patch, limits),
    },
    addInstance,
    seeds: options.instances ?? [],
    backends,
    recover: () => recover(control, backends),
    startAnew,
  });
  let closing: Promise<void> | undefined;
  return {
    handle,
    known: (action) => {
      if (!isActionName(action)) return "unknown";
      return OPERATIONS[action] === undefined ? "not-implemented" : "implemented";
    },
    mutating: (action) => isActionName(action) && ACTIONS[action].mutating,
    admin,
    close: () => (closing ??= close(store, control, backends)),
  };
}

type Backends = ReadonlyMap<"exec" | "sim", Backend>;

function createBackends(options: ServiceOptions, control: Control): Backends {
  const { clock } = options;
  const deps: BackendDeps = {
    report: (key, report) => {
      control.report(key, report);
    },
    power: (request) => {
      control.powerRequest(request);
    },
    now: () => clock.now(),
    setTimer: (atMs, run) => clock.setTimer(atMs, run),
  };
  const backends = new Map<"exec" | "sim", Backend>();
  backends.set("sim", createSimBackend(options.sim ?? {}, deps));
  const exec = options.backends?.exec?.(deps);
  if (exec !== undefined) backends.set("exec", exec);
  return backends;
}

function backendOf(backends: Backends, name: "exec" | "sim"): Backend {
  const backend = backends.get(name);
  if (backend === undefined) {
    throw new EmulatorError(
      "InvalidOption",
      `There are instances of the backend ${name}, and this emulator was started without it.`,
    );
  }
  return backend;
}

function defaultBackend(options: ServiceOptions): "exec" | "sim" {
  return options.backend ?? (options.backends?.exec === undefined ? "sim" : "exec");
}

function instanceAdder(
  store: Store,
  options: ServiceOptions,
  control: Control,
): (seed: InstanceSeed) => { realm: Realm; instance: InstanceRecord } {
  return (seed) => {
    const regionId = seed.regionId ?? options.regionId;
    const accountId = seed.accountId ?? options.accounts[0]?.accountId ?? "";
    if (!options.accounts.some((account) => account.accountId === accountId)) {
      throw new EmulatorError("InvalidOption", `There is no account ${accountId}.`);
    }
    const nowMs = options.clock.now();
    const instance = newInstance(seed, {
      nowMs,
      regionId,
      backend: defaultBackend(options),
      newId: (prefix) => store.nextId(prefix, regionId),
      newSeq: () => store.nextSeq(),
    });
    if (control.find(instance.id) !== undefined) {
      throw new EmulatorError("InvalidOption", `There is an instance ${instance.id} already.`);
    }
    control.backendExists(instance);
    const realm = store.realm(accountId, regionId);
    store.commit(realm, nowMs, [{ put: "instance", value: instance }]);
    control.power.added(realm, instance);
    return { realm, instance: realm.instances.get(instance.id) ?? instance };
  };
}

/** The order matters: machines are there before their tasks are looked for, and those before new work. */
async function recover(control: Control, backends: Backends): Promise<void> {
  control.switchOn();
  const found = control.inFlight();
  for (const [name, backend] of backends) {
    const tasks = found.filter((one) => one.backend === name).map(({ task }) => task);
    await backend.recover(tasks);
  }
  control.resume();
}

async function close(store: Store, control: Control, backends: Backends): Promise<void> {
  control.clear();
  for (const backend of backends.values()) await backend.close();
  store.close();
}
