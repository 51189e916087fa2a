import { notYet } from "../../../provider/src/check/index.js";
import { check, refusals } from "./support/inputs.js";
import { unknown } from "../../../provider/src/unknown.js";

const values: Readonly<Record<string, unknown>> = {
  schedule: { cron: "0 0 2 * * ?" },
  rollout: { batchSize: 0 },
  readiness: { start: true },
  retry: { attempts: 2 },
  quota: { onExceed: "warn" },
  connection: { region: "cn-hangzhou" },
  adoptInvocationIds: ["t-hz01"],
  ownership: "none",
  "targets.names": ["web-*"],
  "targets.resourceGroupId": "rg-a1",
  "targets.clientStatus": "online",
  "targets.exclude": { instanceIds: ["i-b2"] },
  "targets.membership": "track",
};

function withValue(path: string, value: unknown) {
  const [top = "", below] = path.split(".");
  if (below === undefined) return { [top]: value };
  return { [top]: { instanceIds: ["i-a1"], tags: { a: "b" }, [below]: value } };
}

describe("What this version does not implement", () => {
  test.each(notYet)("$path is refused by name, once, and its details are not judged", (entry) => {
    const found = check(withValue(entry.path, values[entry.path]), { notYet }).problems;
    expect(found.map(({ path }) => path)).toEqual([entry.path]);
    expect(found[0]?.wrong).toBe(
      `${entry.value === undefined ? "" : `"${entry.value}" `}is not implemented in this version`,
    );
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
