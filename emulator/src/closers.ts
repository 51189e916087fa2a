/** What must be ended, in the reverse order of its beginning, once. */
export class Closers {
  private readonly steps: (() => void | Promise<void>)[] = [];
  private closing: Promise<void> | undefined;

  add(step: () => void | Promise<void>): void {
    this.steps.push(step);
  }

  /** Runs every step even when one fails, then throws the first failure. */
  close(): Promise<void> {
    this.closing ??= this.run();
    return this.closing;
  }

  private async run(): Promise<void> {
    const failures: unknown[] = [];
    for (const step of this.steps.reverse()) {
      try {
        await step();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
