import { notYet } from "../../../provider/src/check/index.js";
import { check, refusals } from "./support/inputs.js";
import { unknown } from "../../../provider/src/unknown.js";

describe("What a version does not implement", () => {
  test("is nothing in this one: every input of the contract is taken", () => {
    expect(notYet).toEqual([]);
  });

  test("is refused by name, once, and its details are not judged", () => {
    const entries = [{ path: "rollout" }, { path: "targets.membership", value: "track" }];
    const targets = { instanceIds: ["i-a1"], tags: { a: "b" }, membership: "track" };
    const found = check({ rollout: { batchSize: 0 }, targets }, { notYet: entries }).problems;
    expect(found.map(({ path, wrong }) => [path, wrong])).toEqual([
      ["targets.membership", '"track" is not implemented in this version'],
      ["rollout", "is not implemented in this version"],
    ]);
  });

  test("has a message in four parts", () => {
    const entry = [{ path: "quota" }];
    expect(refusals({ quota: { onExceed: "warn" } }, { notYet: entry })).toEqual([
      'quota: is not implemented in this version. Given: { "onExceed": "warn" }. ' +
        "Allowed: not given. What to do: take it out.",
    ]);
    expect(
      refusals({ ownership: "none" }, { notYet: [{ path: "ownership", value: "none" }] }),
    ).toEqual([
      'ownership: "none" is not implemented in this version. Given: "none". ' +
        "Allowed: not given, or another value. What to do: take it out.",
    ]);
  });

  test("is not refused by another value, by absence or while it is unknown", () => {
    const entries = [
      { path: "ownership", value: "none" },
      { path: "quota" },
      { path: "targets.exclude" },
    ];
    expect(refusals({ ownership: "tags", quota: unknown }, { notYet: entries })).toEqual([]);
  });

  test("does not hide problems elsewhere", () => {
    const found = check({ quota: 5, timeout: 5 }, { notYet: [{ path: "quota" }] }).problems;
    expect(found.map(({ path }) => path)).toEqual(["quota", "timeout"]);
  });
});
