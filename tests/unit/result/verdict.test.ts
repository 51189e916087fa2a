import type { Row, RowStatus } from "../../../provider/src/inputs.js";
import { verdictOf, type Ending } from "../../../provider/src/result/verdict.js";

const rows = (...statuses: RowStatus[]): Row[] =>
  statuses.map((status) => ({ status, attempt: 1 }));
const complete: Ending = { kind: "complete" };
const held: Ending = { kind: "held", reason: "stop" };
const interrupted: Ending = { kind: "interrupted", reason: "deadline" };
const budget: Ending = { kind: "budget", by: "budget", where: "1 failed" };

test.each<[string, Row[], Ending, number, boolean, string, boolean]>([
  ["every row is Success", rows("Success", "Success"), complete, 0, true, "Success", false],
  [
    "Skipped, Gone, Dropped and Unready do not count",
    rows("Success", "Skipped", "Gone", "Dropped", "Unready"),
    complete,
    0,
    true,
    "Success",
    false,
  ],
  [
    "failures are within the budget",
    rows("Success", "Failed"),
    complete,
    1,
    true,
    "PartialFailed",
    false,
  ],
  ["failures are above the budget", rows("Success", "Timeout"), complete, 0, true, "Failed", true],
  ["the next up may not retry", rows("Failed"), complete, 0, false, "Held", true],
  ["the budget stopped it", rows("Failed", "NotStarted"), budget, 0, true, "Held", true],
  ["it was stopped from elsewhere", rows("Success", "NotStarted"), held, 0, true, "Held", true],
  ["it was interrupted", rows("Success", "NotStarted"), interrupted, 0, true, "Interrupted", true],
  ["a row still runs", rows("Success", "Running"), complete, 0, true, "Interrupted", true],
  ["a row is Unknown", rows("Success", "Unknown"), complete, 5, true, "Failed", true],
])("when %s", (_name, ledger, ending, allowed, retryOnNextUp, status, red) => {
  const verdict = verdictOf(ledger, ending, { budget: allowed, retryOnNextUp });
  expect(verdict).toMatchObject({ status, red });
});

test.each<[string, Row[], Ending, boolean, string | undefined]>([
  ["it was stopped from elsewhere", rows("Success"), held, true, "stop"],
  ["the budget stopped it", rows("Failed", "NotStarted"), budget, true, "budget"],
  ["the next up may not retry", rows("Failed"), complete, false, "failures"],
  ["a row is Unknown", rows("Unknown"), complete, true, "unknown"],
  ["the next up retries", rows("Failed"), complete, true, undefined],
])("what is waited for when %s", (_name, ledger, ending, retryOnNextUp, reason) => {
  expect(verdictOf(ledger, ending, { budget: 0, retryOnNextUp }).holdReason).toBe(reason);
});

test("where acceptance is waited for, a row that runs is as far as it need be", () => {
  const options = { budget: 0, retryOnNextUp: true, wait: { for: "acceptance" as const } };
  expect(verdictOf(rows("Running"), complete, options)).toEqual({ status: "Success", red: false });
  expect(verdictOf(rows("Pending"), complete, options).status).toBe("Interrupted");
});

test.each<RowStatus>([
  "Failed",
  "Error",
  "Timeout",
  "Invalid",
  "Aborted",
  "Cancelled",
  "Terminated",
])("%s counts as failed", (status) => {
  const end = verdictOf(rows(status), complete, { budget: 0, retryOnNextUp: true });
  expect(end.status).toBe("Failed");
});
