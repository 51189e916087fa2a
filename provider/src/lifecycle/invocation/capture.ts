import { readResults } from "../../client/invocations.js";
import type { CallOptions, CloudApi, InvocationResultFound } from "../../client/port.js";
import type { OutputOptions, Row } from "../../inputs.js";
import { chunk } from "../../plan/batches.js";
import { isFailed } from "../../plan/rows.js";
import { outputBytesOf, type LedgerBook } from "../../result/ledger.js";
import { captureLimit, roomForOutput } from "../../result/output-room.js";
import { tailText } from "../../result/output.js";
import { standingOf } from "../../result/status.js";
import { nameOf, type World } from "../world.js";

const defaultBytesPerTarget = 1024;

/** What a run keeps of what its targets print, so that the state stays small. */
export type Capture = {
  readonly options: OutputOptions;
  readonly redact: (text: string) => string;
  /** Whether something was cut for want of room. */
  cut: boolean;
};

export function startCapture(
  options: OutputOptions | undefined,
  redact: (text: string) => string,
): Capture {
  return { options: options ?? {}, redact, cut: false };
}

/** Says that not all output was kept. */
export function reportCut(
  capture: Capture,
  inputs: { readonly resourceUrn: string },
  world: World,
): void {
  if (!capture.cut) return;
  world.print(
    nameOf(inputs.resourceUrn),
    `some output was cut: one resource keeps ${captureLimit / 1024} KiB. Keep less of each with ` +
      `output.maxBytesPerTarget, or only what fails with output.capture: "failed"`,
  );
}

function wants(row: Row, capture: Capture): boolean {
  switch (capture.options.capture ?? "all") {
    case "none":
      return false;
    case "failed":
      return standingOf(row) === "failed";
    case "all":
      // A row that never started printed nothing.
      return row.startedAt !== undefined || row.exitCode !== undefined;
  }
}

/** A call whose output is wanted now, and the members that may keep it. */
export type EndedCall = { readonly invokeId: string; readonly members: readonly string[] };

/** Calls whose output is read at once: each may be more than a megabyte. */
const readAtOnce = 8;

/**
 * Reads the output of finished calls once, and only where a row keeps it. They are kept in the
 * order of the calls: what is cut must not depend on which answer comes first.
 *
 * @param kept told of each call when its output is in the ledger
 */
export async function captureOutput(
  api: CloudApi,
  calls: readonly EndedCall[],
  book: LedgerBook,
  capture: Capture,
  options: CallOptions,
  kept: (invokeId: string) => void,
): Promise<void> {
  for (const some of chunk(calls, readAtOnce)) {
    const read = await Promise.all(
      some.map(async (call) => {
        const keepers = keepersOf(call, book, capture);
        return { call, keepers, results: await resultsOf(api, call.invokeId, keepers, options) };
      }),
    );
    for (const { call, keepers, results } of read) {
      keepResults(results, call.invokeId, keepers, book, capture);
      kept(call.invokeId);
    }
  }
}

function keepersOf(
  { invokeId, members }: EndedCall,
  book: LedgerBook,
  capture: Capture,
): ReadonlySet<string> {
  return new Set(
    members.filter((id) => {
      const row = book.get(id);
      return row?.invocationId === invokeId && wants(row, capture);
    }),
  );
}

async function resultsOf(
  api: CloudApi,
  invokeId: string,
  keepers: ReadonlySet<string>,
  options: CallOptions,
): Promise<readonly InvocationResultFound[]> {
  if (keepers.size === 0) return [];
  const single = keepers.size === 1 ? [...keepers][0] : undefined;
  return readResults(api, invokeId, {
    ...options,
    ...(single === undefined ? {} : { instanceId: single }),
  });
}

function keepResults(
  results: readonly InvocationResultFound[],
  invokeId: string,
  keepers: ReadonlySet<string>,
  book: LedgerBook,
  capture: Capture,
): void {
  if (keepers.size === 0) return;
  let used = usedIn(book, keepers);
  const count = book.ids().length;
  for (const result of results) {
    const id = result.instanceId ?? "";
    const row = book.get(id);
    if (row === undefined || !keepers.has(id) || result.invokeId !== invokeId) continue;
    const room = roomForOutput(count, used, isFailed(row) ? "failed" : "other");
    const output = keep(Buffer.from(result.output ?? "", "base64"), room, capture);
    used += Buffer.byteLength(output);
    const { output: _before, ...rest } = row;
    book.set(id, output === "" ? rest : { ...rest, output });
  }
}

/** Bytes that are in use; what is about to be read anew does not count. */
function usedIn(book: LedgerBook, anew: ReadonlySet<string>): number {
  return [...anew].reduce((used, id) => used - outputBytesOf(book.get(id)), book.outputBytes);
}

function keep(bytes: Uint8Array, room: number, capture: Capture): string {
  const most = capture.options.maxBytesPerTarget ?? defaultBytesPerTarget;
  if (room < Math.min(most, bytes.length)) capture.cut = true;
  // Redact the whole before cutting: a cut through a secret would leave a recognisable part of it.
  const whole = capture.redact(tailText(bytes, bytes.length));
  return tailText(Buffer.from(whole, "utf8"), Math.min(most, room));
}
