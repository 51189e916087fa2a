/** The two timers of a command that runs, on the host's clock: a regular look, and its time limit. */
export class RunTimers {
  #tick: NodeJS.Timeout | undefined;
  #limit: NodeJS.Timeout | undefined;

  start(look: () => void, limitWall: number, late: () => void): void {
    this.#tick = setInterval(look, TICK_MS);
    this.#setLimit(limitWall, late);
  }

  /** The command has ended: how long it may run does not matter any more. */
  dropLimit(): void {
    clearTimeout(this.#limit);
  }

  stop(): void {
    clearInterval(this.#tick);
    clearTimeout(this.#limit);
  }

  #setLimit(limitWall: number, late: () => void): void {
    const left = Math.max(limitWall - Date.now(), 0);
    // A timer holds no more than 31 bits; a longer one is set again when it fires.
    this.#limit = setTimeout(
      () => {
        if (limitWall > Date.now()) this.#setLimit(limitWall, late);
        else late();
      },
      Math.min(left, LONGEST_TIMER_MS),
    );
  }
}

/** The agent sends its output once a second. */
const TICK_MS = 1_000;
const LONGEST_TIMER_MS = 2 ** 31 - 1;
