import type { Limits } from "../../limits.js";
import type { Change } from "../../state/change.js";
import type { InstanceRecord, PublicCommandRecord } from "../../state/records.js";
import type { Realm } from "../../state/realm.js";
import type { InstanceSeed } from "../../service-api.js";
import type { Args, Field, Validation } from "../../validations/rules/fields.js";
import type { Refused } from "../../validations/rules/refusal.js";

/** What an action is handed beside its parameters. It reads; what it wants changed it answers. */
export type Call = {
  readonly accountId: string;
  readonly accessKeyId: string;
  readonly regionId: string;
  /** The account's state in the region; for a stale read as it was. */
  readonly realm: Realm;
  readonly nowMs: number;
  readonly limits: Limits;
  readonly publicCommands: readonly PublicCommandRecord[];
  readonly newId: (prefix: string) => string;
  readonly newSeq: () => number;
  /** A new instance's record, with the emulator's defaults for what the seed leaves open. */
  readonly newInstance: (seed: InstanceSeed) => InstanceRecord;
  /** The account's instance, in whichever region it is. */
  readonly find: (
    instanceId: string,
  ) => { readonly realm: Realm; readonly instance: InstanceRecord } | undefined;
  /** What a run has printed so far. */
  readonly live: (
    invokeId: string,
    instanceId: string,
  ) => { readonly output: Buffer; readonly dropped: number } | undefined;
};

/** What follows once the changes are committed; the machines are moved by it. */
export type Effect =
  | { readonly kind: "accepted" | "modified"; readonly invokeId: string }
  | { readonly kind: "stop"; readonly invokeId: string; readonly instanceIds: readonly string[] }
  | { readonly kind: "start" | "stop-machine" | "reboot" | "release"; readonly instanceId: string }
  | { readonly kind: "added"; readonly instanceId: string };

export type Done = {
  /** Without RequestId. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly changes?: readonly Change[];
  readonly effects?: readonly Effect[];
};

export type Handler<V extends Validation<Readonly<Record<string, Field>>>> = (
  call: Call,
  args: Args<V>,
) => Done | Refused;
