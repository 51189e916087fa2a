import { boundedFleet } from "../../policy/src/rules/bounded-fleet.js";
import { commandType } from "../../provider/src/names.js";
import { evaluate, notKnown } from "./support/evaluate.js";

const ids = (count: number): string[] => Array.from({ length: count }, (_, i) => `i-${String(i)}`);
const plan = (members: number) => ({ action: "run", calls: [], counts: { members, calls: 1 } });
const tags = { env: "prod" };
const tooMany = (count: number, allowed: number): string =>
  `The command runs on ${String(count)} machines, and more than ${String(allowed)} need a bound. ` +
  "Set targets.expect.max to the most that may be reached.";
const uncounted =
  "targets selects machines, and how many these are is not known here. Set targets.expect.max to " +
  "the most that may be reached.";

function violations(props: object, config: object = {}): readonly string[] {
  return evaluate(boundedFleet, { props, config }).violations;
}

describe("bounded-fleet", () => {
  test("lets fifty machines pass, and stops fifty-one", () => {
    expect(violations({ targets: { instanceIds: ids(50) } })).toEqual([]);
    expect(violations({ targets: { instanceIds: ids(51) } })).toEqual([tooMany(51, 50)]);
  });

  test("counts selected machines by the plan", () => {
    expect(violations({ targets: { tags }, plan: plan(50) })).toEqual([]);
    expect(violations({ targets: { tags }, plan: plan(51) })).toEqual([tooMany(51, 50)]);
    expect(violations({ targets: { names: ["web-*"] }, plan: plan(120) })).toEqual([
      tooMany(120, 50),
    ]);
  });

  test("wants a bound where the plan says no number", () => {
    expect(violations({ targets: { tags } })).toEqual([uncounted]);
    expect(violations({ targets: { resourceGroupId: "rg-a" } })).toEqual([uncounted]);
  });

  test("is content with a bound, however large the fleet", () => {
    const targets = { tags, expect: { max: 200 } };
    expect(violations({ targets, plan: plan(120) })).toEqual([]);
    expect(violations({ targets })).toEqual([]);
    expect(violations({ targets: { tags, expect: { min: 5 } }, plan: plan(120) })).toEqual([
      tooMany(120, 50),
    ]);
  });

  test("takes its sizes from the configuration", () => {
    const targets = { instanceIds: ids(4) };
    expect(violations({ targets }, { allowedSize: 3 })).toEqual([tooMany(4, 3)]);
    expect(violations({ targets }, { allowedSize: 4 })).toEqual([]);
    const bounded = { targets: { tags, expect: { max: 10_000 } } };
    expect(violations(bounded, { largestMax: 500 })).toEqual([
      "targets.expect.max is 10000, and at most 500 is accepted. Lower it, or divide the machines " +
        "among several resources.",
    ]);
    expect(violations(bounded, { largestMax: 10_000 })).toEqual([]);
  });

  test("leaves alone what is allowed by name", () => {
    expect(violations({ targets: { tags } }, { allow: ["sweep"] })).toEqual([]);
  });

  test("does not decide about targets or a bound that are not known yet", () => {
    for (const targets of [notKnown, { tags, expect: { max: notKnown } }, { tags: notKnown }]) {
      const outcome = evaluate(boundedFleet, { props: { targets } });
      expect(outcome.violations).toEqual([]);
      expect(outcome.undecided).toContain("targets");
    }
  });

  test("counts ids that are not known yet", () => {
    const targets = { instanceIds: [notKnown, notKnown] };
    expect(evaluate(boundedFleet, { props: { targets }, config: { allowedSize: 1 } })).toEqual({
      violations: [tooMany(2, 1)],
      undecided: undefined,
    });
  });

  test("shows nothing of what is secret", () => {
    const props = { targets: { tags: { env: "c4n4ry" } }, secretInputs: ["targets.tags.env"] };
    expect(violations(props).join()).not.toContain("c4n4ry");
  });

  test("asks nothing of a saved command and of other resources", () => {
    for (const type of [commandType, "alicloud:ecs/instance:Instance"]) {
      expect(evaluate(boundedFleet, { type, props: {} }).violations).toEqual([]);
    }
  });
});
