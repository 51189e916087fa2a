import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

const newYork = Array.from({ length: 50 }, (_, index) => `i-ny-${index}`);
const berlin = Array.from({ length: 50 }, (_, index) => `i-be-${index}`);

type Outcome = {
  readonly failed: readonly unknown[];
  readonly groups: readonly {
    readonly times: readonly string[];
    readonly instanceIds: readonly string[];
  }[];
  readonly rows: readonly any[];
  readonly history: number;
};

/**
 * New York puts its clock forward on March 8, at 07:00 UTC. At 01:55 there the agent looks for the
 * next run, takes 02:00, which does not exist, for an instant that is past, and is done for good.
 * Berlin does so on March 29, and its runs go on without a gap.
 */
test("March 2026 by a five-minute cron: New York dies on the 8th, Berlin runs it through", async () => {
  const outcome = await month();
  // Seven days of 288 runs, and on the 8th those from 00:00 to 06:55 UTC.
  const inNewYork = grid(7 * 288 + 7 * 12);
  const inBerlin = grid(31 * 288);
  expect(inNewYork.at(-1)).toBe("2026-03-08T06:55:00.000Z");
  expect(inBerlin.at(-1)).toBe("2026-03-31T23:55:00.000Z");
  expect(outcome.failed).toEqual([]);
  expect(outcome.groups).toHaveLength(2);
  expect(outcome.groups).toContainEqual({ times: inNewYork, instanceIds: newYork });
  expect(outcome.groups).toContainEqual({ times: inBerlin, instanceIds: berlin });

  // The service knows nothing of the death: the rows look alike.
  expect(outcome.rows[0]).toMatchObject({
    InstanceId: "i-ny-0",
    InvocationStatus: "Scheduled",
    Repeats: 2_100,
    StartTime: "2026-03-08T06:55:00Z",
  });
  expect(outcome.rows[99]).toMatchObject({ InvocationStatus: "Scheduled", Repeats: 8_928 });
  // Ten thousand past runs are kept of half a million.
  expect(outcome.history).toBe(10_000);
}, 120_000);

function grid(count: number): string[] {
  const first = Date.parse("2026-03-01T00:00:00Z");
  return Array.from({ length: count }, (_, index) =>
    new Date(first + index * 300_000).toISOString(),
  );
}

async function month(): Promise<Outcome> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      join(__dirname, "march-program.cjs"),
      "2026-02-28T23:59:59Z",
      "2026-03-31T23:59:59Z",
      "0 */5 * * * ?",
      ...newYork.map((id) => `${id}=America/New_York`),
      ...berlin.map((id) => `${id}=Europe/Berlin`),
    ],
    { maxBuffer: 64 * 1_048_576 },
  );
  return JSON.parse(stdout) as Outcome;
}
