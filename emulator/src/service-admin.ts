import type { Backend } from "./backends/backend.js";
import type { Clock } from "./clock/clock.js";
import type { Control } from "./control/control.js";
import type { Placed } from "./control/context.js";
import { AGENT_PATCH, INSTANCE_PATCH, refuseInput } from "./check-input.js";
import { EmulatorError } from "./errors.js";
import type { Limits } from "./limits.js";
import { publicCommandRecord } from "./public-command.js";
import type {
  InstancePatch,
  InstanceSeed,
  InstanceView,
  ServiceAdmin,
  Snapshot,
} from "./service-api.js";
import { SNAPSHOT } from "./check-snapshot.js";
import { isWhole } from "./shape.js";
import { SCHEMA, type Entry } from "./state/journal-file.js";
import type { Realm } from "./state/realm.js";
import type { InstanceRecord } from "./state/records.js";
import type { Store } from "./state/store.js";
import { instanceView, invocationViews, taskViews } from "./views.js";

export type AdminDeps = {
  readonly store: Store;
  readonly control: Control;
  readonly clock: Clock;
  readonly limits: { get(): Limits; set(patch: Partial<Limits>): Limits };
  readonly addInstance: (seed: InstanceSeed) => { realm: Realm; instance: InstanceRecord };
  readonly seeds: readonly InstanceSeed[];
  readonly backends: ReadonlyMap<"exec" | "sim", Backend>;
  readonly recover: () => Promise<void>;
  /** Limits and public commands as they were at the start. */
  readonly startAnew: () => void;
};

/** What people and tests may do and see beside the API. */
export function createAdmin(deps: AdminDeps): ServiceAdmin {
  const { store, control, clock, limits } = deps;
  return {
    limits,
    instances: instancesAdmin(deps),
    publicCommands: {
      add: (seed) => {
        const { publicCommands } = store;
        publicCommands.push(publicCommandRecord(seed, publicCommands.length, clock.now()));
      },
    },
    invocations: () => [...store.all()].flatMap(invocationViews),
    tasks: () => [...store.all()].flatMap(taskViews),
    output: (invokeId, instanceId) => {
      const task = [...store.all()]
        .map((realm) => realm.task(invokeId, instanceId))
        .find((found) => found !== undefined);
      if (task === undefined) return undefined;
      const live = control.liveOutput(invokeId, instanceId);
      if (live !== undefined) return { ...live, live: true };
      const output = Buffer.from(task.output ?? "", "base64");
      return { output, dropped: task.dropped ?? 0, live: task.inFlight === true };
    },
    events: {
      list: (afterSeq) => control.events.list(afterSeq),
      subscribe: (listener) => control.events.subscribe(listener),
    },
    snapshot: () => ({ schema: SCHEMA, records: [...store.entries()] }),
    load: async (snapshot) => {
      await replace(deps, entriesOf(snapshot));
      await deps.recover();
    },
    reset: async () => {
      await replace(deps, []);
      deps.startAnew();
      for (const seed of deps.seeds) deps.addInstance(seed);
    },
  };
}

function instancesAdmin(deps: AdminDeps): ServiceAdmin["instances"] {
  const { store, control, clock } = deps;
  const view = ({ realm, instance }: Placed): InstanceView =>
    instanceView(realm, instance, clock.now(), deps.limits.get());
  const find = (instanceId: string): Placed => {
    const placed = control.find(instanceId);
    if (placed !== undefined) return placed;
    throw new EmulatorError("NotFound", `There is no instance ${instanceId}.`);
  };
  const inPower = (instanceId: string, power: "Running" | "Stopped"): Placed => {
    const placed = find(instanceId);
    if (placed.instance.power === power) return placed;
    throw new EmulatorError(
      "InvalidOption",
      `The instance ${instanceId} is ${placed.instance.power}; it must be ${power} for that.`,
    );
  };
  return {
    list: () =>
      [...store.all()].flatMap((realm) =>
        [...realm.instances.values()].map((instance) => view({ realm, instance })),
      ),
    get: (instanceId) => {
      const placed = control.find(instanceId);
      return placed === undefined ? undefined : view(placed);
    },
    add: (seed) => view(deps.addInstance(seed)),
    update: (instanceId, patch) => {
      const placed = find(instanceId);
      refuseInput("The change", INSTANCE_PATCH.problems(patch, ""));
      update(deps, placed, patch);
      return view(find(instanceId));
    },
    agent: (instanceId, patch) => {
      const placed = find(instanceId);
      refuseInput("The change", AGENT_PATCH.problems(patch, ""));
      control.patchAgent(placed, patch);
      return view(find(instanceId));
    },
    boot: (instanceId) => {
      const { realm, instance } = inPower(instanceId, "Stopped");
      control.power.start(realm, instance);
      return view(find(instanceId));
    },
    stop: (instanceId) => {
      const { realm, instance } = inPower(instanceId, "Running");
      control.power.stop(realm, instance);
      return view(find(instanceId));
    },
    reboot: (instanceId) => {
      const { realm, instance } = inPower(instanceId, "Running");
      control.power.reboot(realm, instance);
      return view(find(instanceId));
    },
    remove: (instanceId) => {
      const { realm, instance } = find(instanceId);
      control.power.release(realm, instance);
    },
  };
}

function update(deps: AdminDeps, { realm, instance }: Placed, patch: InstancePatch): void {
  const { store, control, clock } = deps;
  const { instanceName, tags, resourceGroupId, timeZone, behaviour, power, agent } = patch;
  const next: InstanceRecord = {
    ...instance,
    ...(instanceName === undefined ? {} : { name: instanceName }),
    ...(tags === undefined ? {} : { tags }),
    ...(resourceGroupId === undefined ? {} : { resourceGroupId }),
    ...(timeZone === undefined ? {} : { timeZone }),
    ...(behaviour === undefined ? {} : { behaviour }),
  };
  store.commit(realm, clock.now(), [{ put: "instance", value: next }]);
  control.power.changed(realm, next);
  if (agent !== undefined) control.patchAgent({ realm, instance: next }, agent);
  const now = realm.instances.get(instance.id) ?? next;
  if (power === "Running" && now.power === "Stopped") control.power.start(realm, now);
  if (power === "Stopped" && now.power === "Running") control.power.stop(realm, now);
}

/**
 * Takes another state, ends what runs and forgets what is in memory. A state that cannot be taken
 * changes nothing.
 */
async function replace(deps: AdminDeps, entries: readonly Entry[]): Promise<void> {
  const { store, control, backends } = deps;
  const next = store.read(entries);
  for (const realm of next.realms.values()) {
    for (const instance of realm.instances.values()) control.backendExists(instance);
  }
  const before = [...store.all()].flatMap((realm) => [...realm.instances.values()]);
  store.replaceAll(next);
  control.clear();
  for (const instance of before) await backends.get(instance.backend)?.remove(instance.id);
}

function entriesOf(snapshot: Snapshot): readonly Entry[] {
  if (isWhole(snapshot.schema) && snapshot.schema > SCHEMA) {
    throw new EmulatorError(
      "DataNewer",
      `The snapshot has schema ${String(snapshot.schema)}; this emulator reads up to ${String(SCHEMA)}.`,
    );
  }
  refuseInput("The snapshot", SNAPSHOT.problems(snapshot, ""));
  return snapshot.records as readonly Entry[];
}
