import type { Ledger, Observation, Row, RowStatus, Summary } from "../inputs.js";
import { cutMark } from "./redact.js";
import { isFinished, standingOf, statusFromService } from "./status.js";

/** The ledger while a run writes it: one row a member, in the order of the run. */
export class LedgerBook {
  private readonly rows: Map<string, Row>;
  private finished: ((instanceId: string, row: Row) => void) | undefined;
  private outputBytesNow = 0;

  constructor(ledger: Ledger = {}) {
    this.rows = new Map(Object.entries(ledger));
    for (const row of this.rows.values()) this.outputBytesNow += outputBytesOf(row);
  }

  /** Bytes of output in all rows. Kept up to date: a ledger of thousands is asked at every call. */
  get outputBytes(): number {
    return this.outputBytesNow;
  }

  get(instanceId: string): Row | undefined {
    return this.rows.get(instanceId);
  }

  set(instanceId: string, row: Row): void {
    const before = this.rows.get(instanceId);
    this.rows.set(instanceId, row);
    this.outputBytesNow += outputBytesOf(row) - outputBytesOf(before);
    if (isFinished(row) && !isSameEnd(before, row)) this.finished?.(instanceId, row);
  }

  /** Calls `listener` for each row that ends from now on; once more if it is opened again. */
  whenFinished(listener: (instanceId: string, row: Row) => void): void {
    this.finished = listener;
  }

  entries(): IterableIterator<[string, Row]> {
    return this.rows.entries();
  }

  ids(): readonly string[] {
    return [...this.rows.keys()];
  }

  toLedger(): Ledger {
    return Object.fromEntries(this.rows);
  }
}

export function outputBytesOf(row: Row | undefined): number {
  return Buffer.byteLength(row?.output ?? "");
}

function isSameEnd(before: Row | undefined, after: Row): boolean {
  return (
    before?.status === after.status &&
    before.attempt === after.attempt &&
    before.invocationId === after.invocationId
  );
}

/**
 * The row after an observation. A member whose exit code the program calls a success is a Success,
 * whatever the service calls it, and the other way round.
 */
export function observed(
  row: Row,
  seen: Observation,
  successExitCodes: readonly number[] = [0],
): Row {
  const exitCode = Number.isInteger(seen.exitCode) ? seen.exitCode : undefined;
  return {
    status: judged(statusFromService(seen.status), exitCode, successExitCodes),
    ...(row.batch === undefined ? {} : { batch: row.batch }),
    attempt: row.attempt,
    ...(row.invocationId === undefined ? {} : { invocationId: row.invocationId }),
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(row.output === undefined ? {} : { output: row.output }),
    ...(seen.dropped === undefined || Number.isNaN(seen.dropped) || seen.dropped === 0
      ? {}
      : { dropped: seen.dropped }),
    ...text("errorCode", seen.errorCode),
    ...text("errorInfo", shortened(seen.errorInfo)),
    ...text("startedAt", seen.startedAt),
    ...text("finishedAt", seen.finishedAt),
  };
}

function judged(
  status: RowStatus,
  exitCode: number | undefined,
  successExitCodes: readonly number[],
): RowStatus {
  if (exitCode === undefined || (status !== "Success" && status !== "Failed")) return status;
  return successExitCodes.includes(exitCode) ? "Success" : "Failed";
}

/** The code says what it is; the words are cut so that a ledger of thousands stays small. */
const mostErrorInfo = 120;

function shortened(info: string | undefined): string | undefined {
  if (info === undefined || info.length <= mostErrorInfo) return info;
  return `${info.slice(0, mostErrorInfo - 1)}${cutMark}`;
}

/** What the service says of a member may quote an input, and that may be secret. */
export function redactedLedger(ledger: Ledger, redact: (text: string) => string): Ledger {
  return Object.fromEntries(
    Object.entries(ledger).map(([id, row]) => [
      id,
      row.errorInfo === undefined ? row : { ...row, errorInfo: redact(row.errorInfo) },
    ]),
  );
}

/** The service sends an empty string for what does not apply; a row leaves it out. */
function text<K extends string>(key: K, value: string | undefined): { readonly [P in K]?: string } {
  return (value === undefined || value === "" ? {} : { [key]: value }) as { [P in K]?: string };
}

export function summaryOf(rows: Iterable<Row>): Summary {
  const counts = {
    members: 0,
    succeeded: 0,
    failed: 0,
    running: 0,
    notStarted: 0,
    unready: 0,
    skipped: 0,
    gone: 0,
    dropped: 0,
    unknown: 0,
    pending: 0,
  };
  for (const row of rows) {
    counts.members += 1;
    switch (standingOf(row)) {
      case "succeeded":
        counts.succeeded += 1;
        break;
      case "failed":
        counts.failed += 1;
        break;
      case "living":
        counts.running += 1;
        break;
      case "not-started":
        counts.notStarted += 1;
        break;
      case "unknown":
        counts.unknown += 1;
        break;
      case "aside":
        countAside(counts, row.status);
        break;
    }
  }
  return counts;
}

function countAside(
  counts: { unready: number; skipped: number; gone: number; dropped: number },
  status: RowStatus,
): void {
  if (status === "Unready") counts.unready += 1;
  else if (status === "Skipped") counts.skipped += 1;
  else if (status === "Gone") counts.gone += 1;
  else counts.dropped += 1;
}
