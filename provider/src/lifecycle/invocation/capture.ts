import { readResults } from "../../client/invocations.js";
import type { CallOptions, CloudApi } from "../../client/port.js";
import type { OutputOptions, Row } from "../../inputs.js";
import type { LedgerBook } from "../../result/ledger.js";
import { tailText } from "../../result/output.js";
import { standingOf } from "../../result/status.js";

/** Output kept for all targets of one resource together, in bytes. */
export const captureLimit = 256 * 1024;
const defaultBytesPerTarget = 1024;

/** Keeps track of what a resource has captured, so that state stays small. */
export type Capture = {
  readonly options: OutputOptions;
  readonly redact: (text: string) => string;
  /** Bytes captured so far. */
  used: number;
  /** Whether something was cut for want of room. */
  cut: boolean;
};

export function startCapture(
  options: OutputOptions | undefined,
  redact: (text: string) => string,
  rows: Iterable<Row>,
): Capture {
  let used = 0;
  for (const row of rows) used += Buffer.byteLength(row.output ?? "");
  return { options: options ?? {}, redact, used, cut: false };
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
  for (const result of results) {
    const id = result.instanceId ?? "";
    const row = book.get(id);
    if (row === undefined || !keepers.has(id) || result.invokeId !== invokeId) continue;
    const output = keep(Buffer.from(result.output ?? "", "base64"), capture);
    if (output !== "") book.set(id, { ...row, output });
  }
}

function keep(bytes: Uint8Array, capture: Capture): string {
  const most = capture.options.maxBytesPerTarget ?? defaultBytesPerTarget;
  const room = Math.max(0, captureLimit - capture.used);
  if (room < Math.min(most, bytes.length)) capture.cut = true;
  // Redact the whole before cutting: a cut through a secret would leave a recognisable part of it.
  const whole = capture.redact(tailText(bytes, bytes.length));
  const tail = tailText(Buffer.from(whole, "utf8"), Math.min(most, room));
  capture.used += Buffer.byteLength(tail);
  return tail;
}
