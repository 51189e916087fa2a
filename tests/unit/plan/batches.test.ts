import fc from "fast-check";
import { budgetOf, planBatches, sizeOf } from "../../../provider/src/plan/batches.js";

const ids = (count: number): string[] => Array.from({ length: count }, (_, n) => `i-${n}`);
const shape = (batches: ReturnType<typeof planBatches>): number[][] =>
  batches.map((batch) => batch.calls.map((call) => call.length));

test("a batch is one call unless said otherwise", () => {
  expect(shape(planBatches(ids(120), { maxPerCall: 50 }))).toEqual([[50], [50], [20]]);
});

test("a batch larger than a call is several calls at once", () => {
  expect(shape(planBatches(ids(120), { maxPerCall: 50, rollout: { batchSize: 80 } }))).toEqual([
    [50, 30],
    [40],
  ]);
});

test("canaries come first, in a batch of their own", () => {
  const batches = planBatches(ids(6), { maxPerCall: 50, rollout: { canary: { size: 2 } } });
  expect(batches[0]).toEqual({ number: 1, canary: true, calls: [["i-0", "i-1"]] });
  expect(batches[1]).toEqual({ number: 2, canary: false, calls: [["i-2", "i-3", "i-4", "i-5"]] });
});

test("canaries that tags chose come first, wherever they stand", () => {
  const batches = planBatches(ids(4), {
    maxPerCall: 50,
    rollout: { canary: { tags: { ring: "0" } } },
    canaries: new Set(["i-2"]),
  });
  expect(batches.map((batch) => batch.calls)).toEqual([[["i-2"]], [["i-0", "i-1", "i-3"]]]);
});

test.each([
  ["10%", 6, 1],
  ["1%", 6, 1],
  ["50%", 5, 3],
  ["7%", 100, 7],
  [3, 100, 3],
])("a size of %s of %d machines is %d: rounded up, at least one", (size, total, expected) => {
  expect(sizeOf(size, total)).toBe(expected);
});

test.each([
  ["10%", 6, 0],
  ["50%", 5, 2],
  [undefined, 9, 0],
  [4, 9, 4],
])("a budget of %s of %d machines is %d: rounded down", (budget, total, expected) => {
  expect(budgetOf(budget, total)).toBe(expected);
});

test("every member is in exactly one call, in order, and no call is larger than allowed", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 400 }),
      fc.integer({ min: 1, max: 120 }),
      fc.option(fc.integer({ min: 1, max: 300 }), { nil: undefined }),
      (count, maxPerCall, batchSize) => {
        const members = ids(count);
        const rollout = batchSize === undefined ? undefined : { batchSize };
        const batches = planBatches(members, { maxPerCall, rollout });
        const calls = batches.flatMap((batch) => batch.calls);
        expect(calls.flat()).toEqual(members);
        expect(calls.every((call) => call.length > 0 && call.length <= maxPerCall)).toBe(true);
        if (batchSize === undefined) expect(calls).toHaveLength(Math.ceil(count / maxPerCall));
        else expect(batches).toHaveLength(Math.ceil(count / batchSize));
      },
    ),
  );
});
