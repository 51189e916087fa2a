import type { CommandInvocationState } from "../../inputs.js";

/** What an operation leaves behind: the state to save, and what to say if it is red. */
export type Outcome = {
  readonly id: string;
  readonly state: CommandInvocationState;
  /** Set when Pulumi is to show the resource as failed, with its state saved all the same. */
  readonly failure?: { readonly message: string; readonly reasons: readonly string[] };
};
