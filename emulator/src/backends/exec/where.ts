import type { Machine } from "../backend.js";
import type { Place } from "./isolation/isolation.js";
import type { ExecLimits } from "./options.js";

/** Everything that a command's start depends on besides the task. */
export type Where = {
  readonly machine: Machine;
  readonly place: Place;
  readonly path: string;
  readonly mark: string;
  readonly limits: ExecLimits;
  /** The control group that counts the instance's processes. */
  readonly group: string | undefined;
  /** Whether a script file that is there is the task's own, of an attempt that came to nothing. */
  readonly replacesScript: boolean;
};
