import type { WorldClock } from "../client/world.js";
import type { Pulumi } from "./pulumi.js";

/** A stream that the command line writes to. A reader that is gone is no error. */
export type Sink = {
  write(data: string | Uint8Array): unknown;
  readonly isTerminal: boolean;
};

/** Everything that the command line needs of the world, handed in. */
export type CliDeps = {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where relative paths begin. */
  readonly cwd: string;
  readonly clock: WorldClock;
  readonly randomId: (length: number) => string;
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly pulumi: Pulumi;
  /** The version of this package. */
  readonly version: string;
};
