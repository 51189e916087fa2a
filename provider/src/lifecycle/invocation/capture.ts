import { readResults } from "../../client/invocations.js";
import type { CallOptions, CloudApi } from "../../client/port.js";
import type { OutputOptions, Row } from "../../inputs.js";
import { isFailed } from "../../plan/rows.js";
import type { LedgerBook } from "../../result/ledger.js";
import { tailText } from "../../result/output.js";
import { standingOf } from "../../result/status.js";
import { nameOf, type World } from "../world.js";

/** Output kept for all targets of one resource together, in bytes. */
export const captureLimit = 256 * 1024;
/** What a state may weigh with everything; above it output gives way, in bytes. */
const stateLimit = 6 * 1024 * 1024;
/** What a row weighs at most without output, in bytes. */
const rowSize = 350;
/** The part of the room that is left for those that fail: what they print is what is looked for. */
const keptForFailures = 1 / 4;
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

/** Reads the output of a finished call once, and only where a row keeps it. */
export async function captureOutput(
  api: CloudApi,
  invokeId: string,
  members: readonly string[],
  book: LedgerBook,
  capture: Capture,
  options: CallOptions,
): Promise<void> {
  const keepers = new Set(
    members.filter((id) => {
      const row = book.get(id);
      return row?.invocationId === invokeId && wants(row, capture);
    }),
  );
  if (keepers.size === 0) return;
  const single = keepers.size === 1 ? [...keepers][0] : undefined;
  const results = await readResults(api, invokeId, {
    ...options,
    ...(single === undefined ? {} : { instanceId: single }),
  });
  let room = roomIn(book, keepers);
  for (const result of results) {
    const id = result.instanceId ?? "";
    const row = book.get(id);
    if (row === undefined || !keepers.has(id) || result.invokeId !== invokeId) continue;
    const free = isFailed(row) ? room : room - captureLimit * keptForFailures;
    const output = keep(Buffer.from(result.output ?? "", "base64"), Math.max(0, free), capture);
    room -= Buffer.byteLength(output);
    const { output: _before, ...rest } = row;
    book.set(id, output === "" ? rest : { ...rest, output });
  }
}

/** Bytes that are left for output; what is about to be read anew does not count. */
function roomIn(book: LedgerBook, anew: ReadonlySet<string>): number {
  let used = 0;
  let rows = 0;
  for (const [id, row] of book.entries()) {
    rows += 1;
    if (!anew.has(id)) used += Buffer.byteLength(row.output ?? "");
  }
  return Math.min(captureLimit, stateLimit - rows * rowSize) - used;
}

function keep(bytes: Uint8Array, room: number, capture: Capture): string {
  const most = capture.options.maxBytesPerTarget ?? defaultBytesPerTarget;
  if (room < Math.min(most, bytes.length)) capture.cut = true;
  // Redact the whole before cutting: a cut through a secret would leave a recognisable part of it.
  const whole = capture.redact(tailText(bytes, bytes.length));
  return tailText(Buffer.from(whole, "utf8"), Math.min(most, room));
}
