import type { ServiceEvent } from "../../../emulator/src/service.js";
import { openBack } from "../support/back.js";
import { row, run } from "../support/commands.js";

const MINUTES_5 = 300_000;
const newYork = Array.from({ length: 50 }, (_, index) => `i-ny-${index}`);
const berlin = Array.from({ length: 50 }, (_, index) => `i-be-${index}`);

/**
 * New York puts its clock forward on March 8, at 07:00 UTC. At 01:55 there the agent looks for the
 * next run, takes 02:00, which does not exist, for an instant that is past, and is done for good.
 * Berlin does so on March 29, and its runs go on without a gap.
 */
test("March 2026 by a five-minute cron: New York dies on the 8th, Berlin runs it through", async () => {
  const back = await openBack({
    now: "2026-02-28T23:59:59Z",
    instances: [
      ...newYork.map((instanceId) => ({ instanceId, timeZone: "America/New_York" })),
      ...berlin.map((instanceId) => ({ instanceId, timeZone: "Europe/Berlin" })),
    ],
  });
  const starts = new Map<string, number[]>();
  const failed: ServiceEvent[] = [];
  back.service.admin.events.subscribe((event: ServiceEvent) => {
    if (event.kind !== "run") return;
    if (event.status !== "Success") failed.push(event);
    const of = starts.get(event.instanceId) ?? [];
    if (of.length === 0) starts.set(event.instanceId, of);
    of.push(Date.parse(event.startedAt));
  });
  const { InvokeId } = run(back, [...newYork, ...berlin], { Frequency: "0 */5 * * * ?" });
  await back.clock.advanceTo(Date.parse("2026-03-31T23:59:59Z"));

  const grid = (count: number) =>
    Array.from(
      { length: count },
      (_, index) => Date.parse("2026-03-01T00:00:00Z") + index * MINUTES_5,
    );
  // Seven days of 288 runs, and on the 8th those from 00:00 to 06:55 UTC.
  const inNewYork = grid(7 * 288 + 7 * 12);
  const inBerlin = grid(31 * 288);
  expect(inNewYork.at(-1)).toBe(Date.parse("2026-03-08T06:55:00Z"));
  expect(inBerlin.at(-1)).toBe(Date.parse("2026-03-31T23:55:00Z"));
  expect(failed).toEqual([]);
  // As text: half a million numbers are compared in a moment, not in a minute.
  const wrong = [...newYork, ...berlin].filter(
    (id) => String(starts.get(id)) !== String(id.startsWith("i-ny") ? inNewYork : inBerlin),
  );
  expect(wrong).toEqual([]);

  // The service knows nothing of the death: the rows look alike.
  expect(row(back, InvokeId, newYork[0]!)).toMatchObject({
    InvocationStatus: "Scheduled",
    Repeats: 2_100,
    StartTime: "2026-03-08T06:55:00Z",
  });
  expect(row(back, InvokeId, berlin[0]!)).toMatchObject({
    InvocationStatus: "Scheduled",
    Repeats: 8_928,
  });
  // Ten thousand past runs are kept of half a million.
  expect(
    back.ok("DescribeInvocationResults", { InvokeId, IncludeHistory: true }).Invocation.TotalCount,
  ).toBe(10_000);
  await back.close();
}, 120_000);
