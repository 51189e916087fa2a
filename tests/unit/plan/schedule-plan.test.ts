import fc from "fast-check";
import type { Ledger } from "../../../provider/src/inputs.js";
import {
  planSchedule,
  type ScheduleFacts,
  type SchedulePlan,
} from "../../../provider/src/plan/schedule-plan.js";
import type { FoundSchedule, Wanted } from "../../../provider/src/plan/schedule-wanted.js";

const wanted: Wanted = {
  hash: "new",
  repeatMode: "Period",
  frequency: "0 0 2 * * ? UTC",
  parameters: {},
  source: { kind: "script", contentHash: "content" },
};

function found(
  invokeId: string,
  ids: readonly string[],
  more: Partial<FoundSchedule> = {},
): FoundSchedule {
  return {
    invokeId,
    runId: "run",
    inputHash: "new",
    superseded: false,
    hold: undefined,
    createdAt: "2026-03-02T08:00:00Z",
    living: true,
    scheduled: true,
    members: ids.map((instanceId) => ({
      instanceId,
      status: "Scheduled",
      exitCode: undefined,
      dropped: undefined,
      errorCode: undefined,
      errorInfo: undefined,
      startedAt: undefined,
      finishedAt: undefined,
    })),
    alive: new Set(ids),
    running: new Set(),
    repeatMode: "Period",
    frequency: "0 0 2 * * ? UTC",
    parameters: {},
    contentHash: "content",
    commandId: "c-1",
    createdMs: 0,
    armedMs: new Map(),
    stoppedMs: new Map(),
    ...more,
  };
}

function facts(more: Partial<ScheduleFacts>): ScheduleFacts {
  return {
    rows: {},
    invocations: [],
    wanted,
    savedHash: "old",
    modifies: [],
    members: [],
    toArm: new Set(more.members ?? []),
    again: new Set(),
    suspended: false,
    over: false,
    maxPerCall: 2,
    ...more,
  };
}

const row = (batch: number, invocationId: string): Ledger[string] => ({
  status: "Scheduled",
  batch,
  attempt: 1,
  invocationId,
});

test("what is armed as wanted is left alone", () => {
  const plan = planSchedule(
    facts({
      members: ["a", "b"],
      rows: { a: row(1, "t-1"), b: row(1, "t-1") },
      invocations: [found("t-1", ["a", "b"])],
    }),
  );
  expect({ ...plan, homes: [...plan.homes] }).toEqual({
    homes: [
      ["a", { invokeId: "t-1", shard: 1 }],
      ["b", { invokeId: "t-1", shard: 1 }],
    ],
    stops: [],
    modifies: [],
    renews: [],
    additions: [],
    arms: [],
  });
});

test("what the inputs change in place is changed, beside what somebody else has changed", () => {
  const plan = planSchedule(
    facts({
      members: ["a"],
      rows: { a: row(1, "t-1") },
      modifies: ["parameters"],
      invocations: [found("t-1", ["a"], { inputHash: "old", frequency: "0 0 5 * * ? UTC" })],
    }),
  );
  expect(plan.modifies).toEqual([
    { invokeId: "t-1", shard: 1, edits: ["parameters", "frequency"] },
  ]);
});

test("an invocation of a third time is renewed: nobody can say what else is different", () => {
  const plan = planSchedule(
    facts({
      members: ["a"],
      rows: { a: row(1, "t-1") },
      modifies: ["parameters"],
      invocations: [found("t-1", ["a"], { inputHash: "third" })],
    }),
  );
  expect(plan.renews).toEqual([{ invokeId: "t-1", arms: [{ number: 1, members: ["a"] }] }]);
});

test("of two that hold the same machine the one that is as wanted stays", () => {
  const plan = planSchedule(
    facts({
      members: ["a"],
      rows: { a: row(1, "t-old") },
      invocations: [found("t-old", ["a"], { inputHash: "old" }), found("t-new", ["a"])],
    }),
  );
  expect(plan.stops).toEqual([{ invokeId: "t-old", ids: ["a"], whole: true, why: "surplus" }]);
  expect(plan.homes.get("a")).toEqual({ invokeId: "t-new", shard: 2 });
});

test("who failed before is armed apart from newcomers", () => {
  const plan = planSchedule(
    facts({
      members: ["a", "b", "c"],
      rows: {
        a: row(1, "t-1"),
        b: { status: "Aborted", batch: 1, attempt: 1, invocationId: "t-1" },
      },
      invocations: [found("t-1", ["a", "b"], { alive: new Set(["a"]) })],
      toArm: new Set(["b", "c"]),
      again: new Set(["b"]),
      maxPerCall: 1,
    }),
  );
  expect(plan.arms).toEqual([
    { number: 2, members: ["b"] },
    { number: 3, members: ["c"] },
  ]);
});

/** Any ledger, any leftovers: machines 0 to 9, invocations 0 to 4. */
const anyFacts: fc.Arbitrary<ScheduleFacts> = fc
  .record({
    members: fc.uniqueArray(fc.integer({ min: 0, max: 9 }).map(String)),
    invocations: fc.uniqueArray(
      fc.record({
        id: fc.integer({ min: 0, max: 4 }),
        ids: fc.uniqueArray(fc.integer({ min: 0, max: 9 }).map(String)),
        dead: fc.uniqueArray(fc.integer({ min: 0, max: 9 }).map(String)),
        hash: fc.constantFrom("new", "old", "third"),
        frequency: fc.constantFrom("0 0 2 * * ? UTC", "0 0 5 * * ? UTC"),
      }),
      { selector: ({ id }) => id },
    ),
    rows: fc.dictionary(
      fc.integer({ min: 0, max: 9 }).map(String),
      fc.record({
        status: fc.constantFrom("Scheduled", "Aborted", "NotStarted", "Dropped"),
        batch: fc.integer({ min: 1, max: 4 }),
        attempt: fc.integer({ min: 0, max: 3 }),
        invocationId: fc.integer({ min: 0, max: 4 }).map((id) => `t-${id}`),
      }),
    ),
    modifies: fc.constantFrom<string[]>([], ["schedule"]),
    suspended: fc.boolean(),
    maxPerCall: fc.integer({ min: 1, max: 4 }),
  })
  .map((given) =>
    facts({
      ...given,
      rows: given.rows,
      invocations: given.invocations.map(({ id, ids, dead, hash, frequency }) =>
        found(`t-${id}`, ids, {
          inputHash: hash,
          frequency,
          alive: new Set(ids.filter((one) => !dead.includes(one))),
        }),
      ),
      toArm: new Set(given.members),
      again: new Set(given.members.filter((id) => given.rows[id]?.status === "Aborted")),
    }),
  );

const renewedBy = (plan: SchedulePlan): string[] =>
  plan.renews.flatMap((one) => one.arms.flatMap((shard) => [...shard.members]));

test("in the end everyone is armed once, nobody else is, and no shard is overfilled", () => {
  fc.assert(
    fc.property(anyFacts, (given) => {
      const plan = planSchedule(given);
      const stopped = new Set(
        plan.stops.flatMap((one) => one.ids.map((id) => `${one.invokeId} ${id}`)),
      );
      const renewed = new Set(plan.renews.map((one) => one.invokeId));
      const left = given.invocations.flatMap(({ invokeId, alive }) =>
        renewed.has(invokeId) ? [] : [...alive].filter((id) => !stopped.has(`${invokeId} ${id}`)),
      );
      const armed = [
        ...left,
        ...renewedBy(plan),
        ...plan.additions.flatMap((one) => one.shard.members),
        ...plan.arms.flatMap((shard) => shard.members),
      ];
      expect(armed.sort()).toEqual(given.suspended ? [] : [...given.members].sort());
      const shards = [...plan.arms, ...plan.renews.flatMap((one) => one.arms)];
      const sizes = shards.map((shard) => shard.members.length);
      expect(sizes.filter((size) => size > given.maxPerCall)).toEqual([]);
      const numbers = shards.map((shard) => shard.number);
      expect(new Set(numbers).size).toBe(numbers.length);
    }),
    { numRuns: 2_000 },
  );
});

test("nobody moves to another shard because somebody else came or went", () => {
  fc.assert(
    fc.property(anyFacts, fc.integer({ min: 0, max: 9 }).map(String), (given, other) => {
      const homes = (members: readonly string[]): [string, unknown][] =>
        [...planSchedule({ ...given, members, toArm: new Set(members) }).homes].filter(
          ([id]) => id !== other,
        );
      const without = given.members.filter((id) => id !== other);
      expect(homes([...without, other])).toEqual(homes(without));
    }),
  );
});
