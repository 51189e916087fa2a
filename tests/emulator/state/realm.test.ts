import type { Change } from "../../../emulator/src/state/change.js";
import { ChangeLog } from "../../../emulator/src/state/change-log.js";
import { Realm } from "../../../emulator/src/state/realm.js";
import type { RunRecord, TaskRecord } from "../../../emulator/src/state/records.js";
import { RunHistory } from "../../../emulator/src/state/run-history.js";

const run = (invokeId: string, number: number): RunRecord => ({
  invokeId,
  instanceId: "i",
  run: number,
  status: "Success",
  finishedAt: number,
});
const task = (invokeId: string, status: TaskRecord["status"]): TaskRecord => ({
  invokeId,
  instanceId: "i",
  index: 0,
  status,
  createdAt: 0,
  updatedAt: 0,
  run: 0,
  repeats: 0,
});
const invocation = (id: string, finishedAt?: number): Change =>
  ({ put: "invocation", value: { id, seq: 1, ...(finishedAt && { finishedAt }) } }) as never;

describe("past runs", () => {
  test("the oldest go first, over all invocations", () => {
    const history = new RunHistory();
    for (const one of [run("a", 1), run("b", 2), run("a", 3), run("b", 4)]) history.add(one);
    history.trim(2);
    expect([history.of("a"), history.of("b")]).toEqual([[run("a", 3)], [run("b", 4)]]);
    expect([history.size, history.oldest()]).toEqual([2, run("a", 3)]);
  });

  test("a forgotten invocation's runs are gone and count no more", () => {
    const history = new RunHistory();
    for (let number = 1; number <= 6; number += 1) history.add(run(number % 2 ? "a" : "b", number));
    history.forget("a");
    expect(history.size).toBe(3);
    history.trim(1);
    expect([...history.oldestFirst()].map((one) => one.run)).toEqual([4, 6]);
  });

  test("a hundred thousand come and go in constant memory of what is kept", () => {
    const history = new RunHistory();
    for (let number = 1; number <= 100_000; number += 1) {
      history.add(run("a", number));
      if (history.size > 100) history.trim(1);
    }
    expect(history.of("a")).toHaveLength(100);
    expect(history.oldest()?.run).toBe(99_901);
  });

  test("many short invocations leave nothing behind an old one", () => {
    const history = new RunHistory();
    history.add(run("old", 1));
    for (let number = 2; number < 10_000; number += 1) {
      history.add(run(`t-${number}`, number));
      history.forget(`t-${number}`);
    }
    expect([...history.oldestFirst()]).toEqual([run("old", 1)]);
  });
});

test("a copy is made of the changes that a realm gives, and is the same", () => {
  const realm = new Realm("a", "r");
  const changes: Change[] = [
    invocation("t-1", 20),
    invocation("t-2"),
    invocation("t-3", 10),
    { put: "task", value: task("t-1", "Success") },
    { put: "run", value: run("t-2", 1) },
    { put: "token", value: { key: "k", hash: "h", at: 1, body: {} } },
    { put: "day", value: { day: 3, count: 4 } },
  ];
  for (const change of changes) realm.apply(change);
  expect([...realm.finished.keys()]).toEqual(["t-1", "t-3"]);
  const copy = realm.copy();
  expect([...copy.finished]).toEqual([...realm.finished]);
  expect([...copy.changes()]).toEqual([...realm.changes()]);
  expect(copy.invocationsOf.get("i")).toEqual(new Set(["t-1"]));
});

test("a deleted invocation takes its tasks, runs and places in the index with it", () => {
  const realm = new Realm("a", "r");
  for (const change of [
    invocation("t-1", 5),
    { put: "task", value: task("t-1", "Success") },
    { put: "run", value: run("t-1", 1) },
    { del: "invocation", id: "t-1" },
  ] as Change[]) {
    realm.apply(change);
  }
  expect([...realm.changes()]).toEqual([]);
  expect([realm.finished.size, realm.invocationsOf.size, realm.runs.size]).toEqual([0, 0, 0]);
});

test("a rewound realm is as it was then, and the realm itself stays as it is", () => {
  const realm = new Realm("a", "r");
  const log = new ChangeLog();
  const at = (atMs: number, change: Change): void => {
    log.remember(realm, atMs, change);
    realm.apply(change);
  };
  at(10, invocation("t-1"));
  at(10, { put: "task", value: task("t-1", "Pending") });
  at(20, { put: "task", value: task("t-1", "Success") });
  at(20, invocation("t-1", 20));
  at(30, invocation("t-2"));
  at(40, { del: "invocation", id: "t-1" });
  const seen = (atMs: number) => {
    const past = log.rewind(realm, atMs);
    return [[...past.invocations.keys()].sort(), past.task("t-1", "i")?.status];
  };
  expect(seen(40)).toEqual([["t-2"], undefined]);
  expect(seen(35)).toEqual([["t-1", "t-2"], "Success"]);
  expect(seen(29)).toEqual([["t-1"], "Success"]);
  expect(seen(19)).toEqual([["t-1"], "Pending"]);
  expect(seen(9)).toEqual([[], undefined]);
  expect(log.rewind(realm, 40)).toBe(realm);
});

test("of long outputs fewer are remembered than of short ones, and always the latest", () => {
  const realm = new Realm("a", "r");
  const log = new ChangeLog(100_000);
  const put = (atMs: number, output: string): void => {
    const change: Change = { put: "task", value: { ...task("t-1", "Running"), output } };
    log.remember(realm, atMs, change);
    realm.apply(change);
  };
  const outputAt = (atMs: number) => log.rewind(realm, atMs).task("t-1", "i")?.output;
  realm.apply(invocation("t-1"));
  for (let at = 0; at < 100; at += 1) put(at, `${at}${"x".repeat(10_000)}`);
  expect(outputAt(97)).toMatch(/^97x/);
  expect(outputAt(96)).toMatch(/^96x/);
  // What is not remembered shows the oldest that is.
  expect(Number.parseInt(outputAt(0) ?? "", 10)).toBeGreaterThan(85);
  for (let at = 100; at < 300; at += 1) put(at, String(at));
  expect(outputAt(200)).toBe("200");
});
