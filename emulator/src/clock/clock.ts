/** The emulator's time. Handed in everywhere; nothing else reads the machine's clock. */
export interface Clock {
  readonly mode: "real" | "scaled" | "virtual";
  /** Milliseconds since the epoch. */
  now(): number;
  /** Runs `run` once when the clock reaches `atMs`; at once, but never synchronously, if that is past. */
  setTimer(atMs: number, run: () => void): Timer;
  /** Virtual clocks only: fires everything due in between, in order, and waits for running work. */
  advanceTo(atMs: number): Promise<void>;
  /** Work that runs on real time: an advance waits for it after each timer. */
  attach(work: Work): void;
  close(): void;
}

export interface Timer {
  cancel(): void;
}

export type Work = {
  busy(): boolean;
  settled(): Promise<void>;
};

export type ClockOptions =
  | { readonly mode: "real" }
  /** Time runs `factor` times as fast, from now on. */
  | { readonly mode: "scaled"; readonly factor: number }
  /** Time stands still until it is advanced. `now` is ISO 8601. */
  | { readonly mode: "virtual"; readonly now: string };
