import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Machine } from "../backend.js";
import { hostBootId } from "./proc.js";
import { readRegular, replaceFile } from "./regular-file.js";
import type { ProcessCount } from "./process-count.js";
import type { Home } from "./layout.js";
import type { Isolation, Place } from "./isolation/isolation.js";

type Boot = { readonly bootId: string; readonly cold: boolean };

/** One instance: whether it is on, its folders, and the place where its commands run. */
export class MachineHost {
  #machine: Machine;
  #place: Place | undefined;
  #group: string | undefined;
  /** What must be over before anything else happens to the machine. */
  #before: Promise<void> = Promise.resolve();
  #on = false;
  #opening = false;
  /** Why the machine could not be made ready. */
  #failure: unknown;

  constructor(
    readonly home: Home,
    machine: Machine,
    private readonly isolation: Isolation,
    private readonly count: ProcessCount,
  ) {
    this.#machine = machine;
  }

  get machine(): Machine {
    return this.#machine;
  }

  /** Its name, zone or behaviour is another from now on; the host name is with the next start. */
  describe(machine: Machine): void {
    this.#machine = machine;
  }

  /** Where commands run; undefined until `open` is done. */
  get place(): Place | undefined {
    return this.#on && this.#place?.isUp() === true ? this.#place : undefined;
  }

  /** What counts the processes of commands, when something does. */
  get group(): string | undefined {
    return this.#group;
  }

  get isOn(): boolean {
    return this.#on;
  }

  /**
   * Powers on. The same boot as before is no boot: an emulator that was killed finds its machines
   * as they were.
   */
  start(machine: Machine, boot: Boot): void {
    this.#machine = machine;
    this.#on = true;
    this.#failure = undefined;
    // Its disk is there from the first moment: whoever has the machine may put files on it.
    mkdirSync(this.home.root, { recursive: true, mode: 0o700 });
    const bootFile = join(this.home.folder, "boot");
    const known = readRegular(bootFile, 4_096);
    const now = `${boot.bootId} ${hostBootId()}`;
    if (known !== now && (boot.cold || known === undefined || hasHostRestarted(known))) {
      this.#then(async () => {
        this.#place = undefined;
        if (known !== undefined) await this.isolation.shut(this);
        rmSync(this.home.volatile, { recursive: true, force: true });
      });
    }
    this.#then(() => {
      replaceFile(bootFile, now);
      return Promise.resolve();
    });
  }

  get isOpening(): boolean {
    return this.#opening;
  }

  /** Makes the place; `done` is called when it is there or cannot be. */
  open(done: (failure: unknown) => void): void {
    this.#opening = true;
    this.#then(async () => {
      if (this.#on && this.#failure === undefined) {
        this.#group = this.count.join(this.home.folder);
        this.#place = this.place ?? (await this.isolation.open(this));
      }
    });
    this.#then(() => {
      this.#opening = false;
      done(this.#failure);
      return Promise.resolve();
    });
  }

  /** Takes no more commands; resolves when nothing is being done with the machine any more. */
  rest(): Promise<void> {
    this.#on = false;
    return this.#before;
  }

  /** Powers off: everything inside dies. */
  stop(): Promise<void> {
    this.#on = false;
    const ended = this.#before.then(async () => {
      this.#place = undefined;
      await this.isolation.shut(this);
      this.count.leave(this.home.folder);
    });
    this.#then(() => ended);
    return ended;
  }

  #then(act: () => Promise<void>): void {
    this.#before = this.#before.then(act).catch((reason: unknown) => {
      this.#failure ??= reason;
    });
  }
}

function hasHostRestarted(known: string): boolean {
  return known.split(" ")[1] !== hostBootId();
}
