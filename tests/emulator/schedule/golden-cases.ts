import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Repeat } from "../../../emulator/src/schedule/index.js";

/** One case of tests/data/schedule-golden.json; the fields are explained in its `meta` block. */
export type GoldenCase = {
  readonly id: string;
  readonly group: string;
  readonly repeat: Repeat;
  readonly expr: string;
  readonly tz: string;
  readonly now: string;
  readonly creationTime?: number;
  readonly ok: boolean;
  readonly reported?: string;
  readonly loose?: boolean;
  readonly panic?: string;
  readonly parsed?: Readonly<Record<string, string | number | boolean>>;
  readonly fires?: readonly string[];
  readonly end?: "more" | "finished" | "dead" | "expired-unreported";
};

const file = join(__dirname, "../../data/schedule-golden.json");

export const goldenCases = (
  JSON.parse(readFileSync(file, "utf8")) as { cases: readonly GoldenCase[] }
).cases;

/**
 * Cases whose zone has other rules in this Node than in release 2025b of the tz database, which the
 * agent ran with: id → what changed. None has so far (Node 20.20.2 has 2025c).
 */
export const changedZones: ReadonlyMap<string, string> = new Map();

/** `01:02:03Z` and `01:02:03.004Z`, as the data spell instants. */
export function instant(ms: number): string {
  return new Date(ms).toISOString().replace(".000Z", "Z");
}
