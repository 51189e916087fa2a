import { observed, summaryOf } from "../../../provider/src/result/ledger.js";
import type { Row } from "../../../provider/src/inputs.js";

const row: Row = { status: "Pending", attempt: 2, batch: 1, invocationId: "t-1" };
const seen = {
  instanceId: "i-1",
  status: "Success",
  exitCode: 0,
  dropped: 0,
  errorCode: "",
  errorInfo: "",
  startedAt: "2026-01-01T00:00:00Z",
  finishedAt: "",
};

test("a row keeps what it was and takes what was seen; empty texts are left out", () => {
  expect(observed(row, seen)).toEqual({
    status: "Success",
    batch: 1,
    attempt: 2,
    invocationId: "t-1",
    exitCode: 0,
    startedAt: "2026-01-01T00:00:00Z",
  });
});

test("an exit code that the SDK could not read is absent, never NaN", () => {
  expect(observed(row, { ...seen, status: "Running", exitCode: Number.NaN })).not.toHaveProperty(
    "exitCode",
  );
});

test("successExitCodes decide what a success is, in both directions", () => {
  expect(observed(row, { ...seen, status: "Failed", exitCode: 194 }, [0, 194]).status).toBe(
    "Success",
  );
  expect(observed(row, { ...seen, exitCode: 0 }, [3]).status).toBe("Failed");
  expect(observed(row, { ...seen, status: "Timeout", exitCode: 1 }, [1]).status).toBe("Timeout");
});

test("a status that nobody knows yet is taken as still running", () => {
  expect(observed(row, { ...seen, status: "Meditating" }).status).toBe("Running");
});

test("a summary counts every row once", () => {
  const statuses = ["Success", "Failed", "Running", "NotStarted", "Unready", "Skipped"] as const;
  const more = ["Gone", "Dropped", "Unknown"] as const;
  const summary = summaryOf([...statuses, ...more].map((status) => ({ status, attempt: 0 })));
  expect(summary).toEqual({
    members: 9,
    succeeded: 1,
    failed: 1,
    running: 1,
    notStarted: 1,
    unready: 1,
    skipped: 1,
    gone: 1,
    dropped: 1,
    unknown: 1,
    pending: 0,
  });
});
