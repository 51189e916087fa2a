import type {
  CommandRecord,
  InstanceRecord,
  InvocationRecord,
  RunRecord,
  TaskRecord,
  TokenRecord,
} from "./records.js";

/** One change of one realm's state: what the journal holds and what `Realm.apply` does. */
export type Change =
  | { readonly put: "command"; readonly value: CommandRecord }
  | { readonly del: "command"; readonly id: string }
  | { readonly put: "invocation"; readonly value: InvocationRecord }
  /** Takes its tasks and runs with it. */
  | { readonly del: "invocation"; readonly id: string }
  | { readonly put: "task"; readonly value: TaskRecord }
  | { readonly put: "run"; readonly value: RunRecord }
  /** Forgets the oldest past runs of the realm. */
  | { readonly del: "runs"; readonly count: number }
  | { readonly put: "instance"; readonly value: InstanceRecord }
  | { readonly del: "instance"; readonly id: string }
  | { readonly put: "token"; readonly value: TokenRecord }
  | { readonly del: "token"; readonly id: string }
  /** Accepted invocations of a day, counted for the quota; other days are forgotten. */
  | { readonly put: "day"; readonly value: { readonly day: number; readonly count: number } };
