/**
 * Reading the properties of a resource. In a preview, reading one that is not known yet throws; the
 * engine then says so, as an advice, whatever the level of the policy.
 */

export type Props = Readonly<Record<string, unknown>>;

export function mapAt(props: Props | undefined, key: string): Props | undefined {
  const value = props?.[key];
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Props)
    : undefined;
}

export function listAt(props: Props | undefined, key: string): readonly unknown[] | undefined {
  const value = props?.[key];
  return Array.isArray(value) ? (value as readonly unknown[]) : undefined;
}

export function textAt(props: Props | undefined, key: string): string | undefined {
  const value = props?.[key];
  return typeof value === "string" ? value : undefined;
}

export function numberAt(props: Props | undefined, key: string): number | undefined {
  const value = props?.[key];
  return typeof value === "number" ? value : undefined;
}

export function isGiven(props: Props | undefined, key: string): boolean {
  const value = props?.[key];
  return value !== undefined && value !== null;
}

/**
 * Takes every step, so that what is known is judged beside what is not; then throws what the first
 * failing step threw.
 */
export function takeAll(steps: readonly (() => void)[]): void {
  const failures: unknown[] = [];
  for (const step of steps) {
    try {
      step();
    } catch (reason) {
      failures.push(reason);
    }
  }
  // What came in is thrown on as it is: the engine knows it by its class.

  if (failures.length > 0) throw failures[0];
}
