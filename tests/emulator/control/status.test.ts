import {
  INSTANCE_ERRORS,
  INSTANCE_STATUSES,
  REPEAT_MODES,
  type InstanceStatus,
} from "cloud-assistant-api";
import {
  aggregateStatus,
  isFinal,
  isTimed,
  legacyAggregateStatus,
  legacyInstanceStatus,
  statusOfError,
  stoppedStatus,
} from "../../../emulator/src/control/status.js";
import { mayFollow } from "../../../emulator/src/control/transitions.js";

const LEGACY: Record<InstanceStatus, string> = {
  Pending: "Running",
  Running: "Running",
  Scheduled: "Running",
  Success: "Finished",
  Failed: "Finished",
  Timeout: "Failed",
  Invalid: "Failed",
  Aborted: "Failed",
  Error: "Failed",
  Stopping: "Stopping",
  Cancelled: "Stopped",
  Terminated: "Stopped",
};

test.each(INSTANCE_STATUSES)("%s has its old word", (status) => {
  expect(legacyInstanceStatus(status)).toBe(LEGACY[status]);
});

test("four statuses live, the others are final", () => {
  const living = INSTANCE_STATUSES.filter((status) => !isFinal(status));
  expect(living).toEqual(["Pending", "Running", "Stopping", "Scheduled"]);
});

/** What an instance's status counts as in the aggregate, written down apart from the code. */
const FAMILY: Record<InstanceStatus, string> = {
  Pending: "Pending",
  Running: "Running",
  Stopping: "Stopping",
  Scheduled: "Scheduled",
  Success: "ok",
  Failed: "bad",
  Timeout: "bad",
  Invalid: "bad",
  Aborted: "bad",
  Error: "bad",
  Cancelled: "stopped",
  Terminated: "stopped",
};

function expectedAggregate(statuses: readonly InstanceStatus[]): string {
  const families = statuses.map((status) => FAMILY[status]);
  for (const living of ["Running", "Stopping", "Pending", "Scheduled"]) {
    if (families.includes(living)) return living;
  }
  if (families.every((family) => family === "stopped")) return "Stopped";
  if (!families.includes("bad")) return "Success";
  return families.includes("ok") ? "PartialFailed" : "Failed";
}

test("the aggregate of every one, two and three statuses is what the documentation says", () => {
  for (const one of INSTANCE_STATUSES) {
    expect(aggregateStatus([one])).toBe(expectedAggregate([one]));
    for (const two of INSTANCE_STATUSES) {
      expect(aggregateStatus([one, two])).toBe(expectedAggregate([one, two]));
      for (const three of INSTANCE_STATUSES) {
        const all = [one, two, three];
        expect([all, aggregateStatus(all)]).toEqual([all, expectedAggregate(all)]);
      }
    }
  }
});

test.each<[InstanceStatus[], string]>([
  [["Running", "Pending", "Success"], "Running"],
  [["Success", "Cancelled"], "Success"],
  [["Failed", "Terminated"], "Failed"],
  [["Success", "Timeout"], "PartialFailed"],
  [["Success", "Failed", "Terminated"], "PartialFailed"],
  [["Cancelled", "Terminated"], "Stopped"],
  [["Stopping", "Success"], "Stopping"],
  [["Scheduled", "Invalid"], "Scheduled"],
])("%j together are %s", (statuses, aggregate) => {
  expect(aggregateStatus(statuses)).toBe(aggregate);
});

test.each<[InstanceStatus[], string]>([
  [["Success", "Failed"], "Finished"],
  [["Success", "Timeout"], "PartialFailed"],
  [["Timeout", "Cancelled"], "Failed"],
  [["Success", "Terminated"], "Finished"],
  [["Terminated", "Cancelled"], "Stopped"],
  [["Pending", "Stopping"], "Running"],
  [["Stopping", "Success"], "Stopping"],
])("of a run now %j are %s in the old field", (statuses, legacy) => {
  expect(legacyAggregateStatus(statuses, "Once")).toBe(legacy);
});

test("the old aggregate of every one, two and three statuses is what the documentation says", () => {
  for (const one of INSTANCE_STATUSES) {
    for (const two of INSTANCE_STATUSES) {
      for (const three of INSTANCE_STATUSES) {
        for (const all of [[one], [one, two], [one, two, three]]) {
          for (const mode of ["Once", "DryRun", "NextRebootOnly"] as const) {
            expect([all, legacyAggregateStatus(all, mode)]).toEqual([all, expectedLegacy(all)]);
          }
        }
      }
    }
  }
});

/** The six rules in the order that the documentation numbers them. */
function expectedLegacy(statuses: readonly InstanceStatus[]): string {
  const words = statuses.map((status) => LEGACY[status]);
  const only = (...allowed: string[]) => words.every((word) => allowed.includes(word));
  if (words.includes("Running")) return "Running";
  if (words.includes("Stopping")) return "Stopping";
  if (only("Stopped")) return "Stopped";
  if (only("Failed", "Stopped")) return "Failed";
  if (only("Finished", "Stopped")) return "Finished";
  return "PartialFailed";
}

test("in the old field a schedule runs until it is stopped and is never finished or failed", () => {
  for (const mode of ["Period", "EveryReboot"] as const) {
    for (const one of INSTANCE_STATUSES) {
      for (const two of INSTANCE_STATUSES) {
        expect(["Running", "Stopping", "Stopped"]).toContain(
          legacyAggregateStatus([one, two], mode),
        );
      }
    }
    expect(legacyAggregateStatus(["Scheduled"], mode)).toBe("Running");
    expect(legacyAggregateStatus(["Success"], mode)).toBe("Stopped");
  }
});

test("Timed is true of what may run again", () => {
  for (const mode of REPEAT_MODES) {
    for (const status of INSTANCE_STATUSES) {
      const expected = mode !== "Once" && mode !== "DryRun" && !isFinal(status);
      expect([mode, status, isTimed(mode, [status])]).toEqual([mode, status, expected]);
    }
  }
});

test("every ErrorCode has a final status, and an unknown one is Invalid", () => {
  for (const code of Object.keys(INSTANCE_ERRORS)) expect(isFinal(statusOfError(code))).toBe(true);
  expect(statusOfError("ClientNotRunning")).toBe("Aborted");
  expect(statusOfError("BadCronExpression")).toBe("Invalid");
  expect(statusOfError("InstanceRestarted")).toBe("Error");
  expect(statusOfError("SomethingNew")).toBe("Invalid");
});

test("what never ran is Cancelled by a stop, what did is Terminated", () => {
  expect([stoppedStatus(0), stoppedStatus(3)]).toEqual(["Cancelled", "Terminated"]);
});

/** One row a status: what may come after it. Written down apart from the code. */
const STEPS = `
              Pe Sc Ru St | In Ab Su Fa Er Ti Ca Te
  Pending      .  x  x  x    x  x  x  x  x  x  x  x
  Scheduled    -  .  x  x    x  x  x  x  x  x  x  x
  Running      -  x  .  x    x  -  x  x  x  x  -  x
  Stopping     -  -  -  .    x  x  x  x  x  x  x  x
  Invalid      -  -  -  -    .  -  -  -  -  -  -  -
  Aborted      -  -  -  -    -  .  -  -  -  -  -  -
  Success      -  -  -  -    -  -  .  -  -  -  -  -
  Failed       -  -  -  -    -  -  -  .  -  -  -  -
  Error        -  -  -  -    -  -  -  -  .  -  -  -
  Timeout      -  -  -  -    -  -  -  -  -  .  -  -
  Cancelled    -  -  -  -    -  -  -  -  -  -  .  -
  Terminated   -  -  -  -    -  -  -  -  -  -  -  .`;

test("a task takes these steps and no others; nothing follows a final status", () => {
  const [head, ...lines] = STEPS.split("\n").filter((line) => line.trim() !== "");
  const columns = head!
    .trim()
    .split(/[ |]+/)
    .map((short) => INSTANCE_STATUSES.find((status) => status.startsWith(short))!);
  const table = lines.map((line) => line.trim().split(/ +/));
  expect(table.map(([status]) => status).sort()).toEqual([...INSTANCE_STATUSES].sort());
  for (const [before, ...cells] of table) {
    const found = columns.map((after) =>
      before === after ? "." : mayFollow(before as InstanceStatus, after) ? "x" : "-",
    );
    expect([before, ...found]).toEqual([before, ...cells]);
  }
});
