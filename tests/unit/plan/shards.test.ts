import fc from "fast-check";
import { newShards, placeNewcomers, type Room } from "../../../provider/src/plan/shards.js";

const room = (number: number, members: number, had: string[] = []): Room => ({
  number,
  members,
  had: new Set(had),
});

test("a newcomer gets the first place that is free, by the number of the shard", () => {
  const { joined, left } = placeNewcomers(["a", "b", "c"], [room(2, 1), room(1, 2)], 3);
  expect([...joined]).toEqual([
    [1, ["a"]],
    [2, ["b", "c"]],
  ]);
  expect(left).toEqual([]);
});

test("who was in a shard before cannot go back to it", () => {
  const { joined, left } = placeNewcomers(["a", "b"], [room(1, 0, ["a"])], 3);
  expect([...joined]).toEqual([[1, ["b"]]]);
  expect(left).toEqual(["a"]);
});

test("nobody is lost, nobody is placed twice, and no shard is overfilled", () => {
  const rooms = fc.uniqueArray(
    fc.record({
      number: fc.integer({ min: 1, max: 9 }),
      members: fc.integer({ min: 0, max: 12 }),
      had: fc.array(fc.integer({ min: 0, max: 20 }).map(String)).map((ids) => new Set(ids)),
    }),
    { selector: ({ number }) => number },
  );
  const newcomers = fc.uniqueArray(fc.integer({ min: 0, max: 20 }).map(String));
  fc.assert(
    fc.property(newcomers, rooms, fc.integer({ min: 1, max: 10 }), (ids, given, most) => {
      const { joined, left } = placeNewcomers(ids, given, most);
      expect([...[...joined.values()].flat(), ...left].sort()).toEqual([...ids].sort());
      for (const [number, members] of joined) {
        const one = given.find((other) => other.number === number)!;
        expect(one.members + members.length).toBeLessThanOrEqual(most);
        expect(members.filter((id) => one.had.has(id))).toEqual([]);
      }
    }),
  );
});

test("members without a place are cut into shards of their own", () => {
  let next = 3;
  expect(newShards(["a", "b", "c"], 2, () => (next += 1))).toEqual([
    { number: 4, members: ["a", "b"] },
    { number: 5, members: ["c"] },
  ]);
});
