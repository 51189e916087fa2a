/** What a measurement is held against. */
export type Bound =
  /** A count or a size: it is the same on every machine, and missing it is a fault. */
  | { readonly kind: "exact"; readonly atMost: number }
  | { readonly kind: "exact"; readonly equals: number }
  /** A ratio of times, of one run: a noisy machine may miss it once. */
  | { readonly kind: "ratio"; readonly atMost: number };

export type Measurement = {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly bound?: Bound;
  /** Filled in when the report is printed. */
  readonly kept?: boolean;
};

export type Report = {
  readonly bench: string;
  readonly measurements: readonly Measurement[];
  /** What the values were made of. */
  readonly detail?: unknown;
};

/** How a program ends: 0, or the worst of what was missed. */
export const exitCodes = { kept: 0, ratioMissed: 1, exactMissed: 2, usage: 3 } as const;

export function isKept({ value, bound }: Measurement): boolean {
  if (bound === undefined) return true;
  return "equals" in bound ? value === bound.equals : value <= bound.atMost;
}

export function exitCodeOf(measurements: readonly Measurement[]): number {
  const missed = measurements.filter((one) => !isKept(one));
  if (missed.length === 0) return exitCodes.kept;
  const exact = missed.some(({ bound }) => bound?.kind === "exact");
  return exact ? exitCodes.exactMissed : exitCodes.ratioMissed;
}

/** Runs a program: prints its report as JSON, and ends the process with what came of it. */
export function main(run: () => Promise<Report>): void {
  run().then(
    (report) => {
      const measurements = report.measurements.map((one) => ({ ...one, kept: isKept(one) }));
      process.stdout.write(`${JSON.stringify({ ...report, measurements }, undefined, 2)}\n`);
      process.exitCode = exitCodeOf(report.measurements);
    },
    (reason: unknown) => {
      process.stderr.write(`${reason instanceof Error ? reason.stack : String(reason)}\n`);
      process.exitCode = exitCodes.exactMissed;
    },
  );
}

/** A line for people, on stderr: stdout holds the report alone. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
