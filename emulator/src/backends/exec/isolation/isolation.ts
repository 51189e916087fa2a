import type { Machine } from "../../backend.js";
import type { Home } from "../layout.js";
import type { Isolation as IsolationName } from "../options.js";

/** One rung of the ladder: how instances are kept apart. */
export interface Isolation {
  readonly name: IsolationName;
  /** Makes the place where an instance's commands run, or finds the one that outlived a crash. */
  open(instance: Instance): Promise<Place>;
  /** Ends everything inside, and resolves when it is gone. */
  shut(instance: Pick<Instance, "home">): Promise<void>;
  /** Ends what belongs to no instance in particular. */
  close(): Promise<void>;
}

export type Instance = { readonly machine: Machine; readonly home: Home };

/** An instance as its commands find it. */
export type Place = {
  /** Put before a command to run it there, in a session of its own. */
  readonly enter: readonly string[];
  /**
   * Whether `enter` leaves a process outside that only waits for the command inside, so that the
   * command is its child.
   */
  readonly guarded: boolean;
  /** The home folder of who runs commands by default. */
  readonly homeFolder: string;
  /** First in PATH: what stands in for the programs that stop a machine. */
  readonly bin: string;
  /** Where the script files of a command are kept that runs as another user. */
  readonly publicScripts: Folder;
  readonly scripts: Folder;
  /** What commands find in TMPDIR, where /tmp is the host's. */
  readonly temporary?: string;
  /** Whether MARK is kept from the command. */
  readonly hidesMark: boolean;
  /** Whether commands can run as another user. */
  readonly changesUser: boolean;
  /** A path inside, as the host reaches it; links in it are followed as they are inside. */
  readonly hostPath: (inside: string) => string;
  /** False when the place is gone and a new one must be made. */
  isUp(): boolean;
};

/** One folder, as the host and as the commands see it. */
export type Folder = { readonly host: string; readonly inside: string };
