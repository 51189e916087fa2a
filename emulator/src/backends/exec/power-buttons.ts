import type { BackendDeps } from "../backend.js";
import { takePowerWish } from "./power.js";

/** Presses an instance's power button for a program inside it, at once or some minutes later. */
export class PowerButtons {
  readonly #timers = new Map<string, { cancel(): void }>();

  constructor(private readonly deps: Pick<BackendDeps, "power" | "now" | "setTimer">) {}

  /** Reads what a program wrote, if it did. */
  look(instanceId: string, file: string): void {
    const wish = takePowerWish(file);
    if (wish === undefined) return;
    this.release(instanceId);
    if (wish.kind === "cancel") return;
    const { kind: action, afterMs } = wish;
    const timer = this.deps.setTimer(this.deps.now() + afterMs, () => {
      this.#timers.delete(instanceId);
      this.deps.power({ instanceId, action });
    });
    this.#timers.set(instanceId, timer);
  }

  /** Whatever was going to happen does not. */
  release(instanceId: string): void {
    this.#timers.get(instanceId)?.cancel();
    this.#timers.delete(instanceId);
  }

  close(): void {
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
  }
}
