import type { Logger } from "pino";
import type { Backend } from "../backends/backend.js";
import type { Clock } from "../clock/clock.js";
import type { Limits } from "../limits.js";
import type { InstanceRecord } from "../state/records.js";
import type { Realm } from "../state/realm.js";
import type { Store } from "../state/store.js";
import type { EventLog } from "./event-log.js";

/** What every part of the control plane is handed. */
export type ControlContext = {
  readonly store: Store;
  readonly clock: Clock;
  readonly limits: () => Limits;
  readonly events: EventLog;
  readonly backend: (instance: Pick<InstanceRecord, "backend">) => Backend;
  readonly log: Logger | undefined;
};

/** Where an instance is. Instance ids are unique over all realms of an emulator. */
export type Placed = { readonly realm: Realm; readonly instance: InstanceRecord };
