import fc from "fast-check";
import { createClock } from "../../../emulator/src/clock/index.js";

const at = (seconds: number) => Date.parse("2026-03-01T00:00:00Z") + seconds * 1_000;
const open = () => createClock({ mode: "virtual", now: "2026-03-01T00:00:00Z" });

test("time stands still until it is advanced", async () => {
  const clock = open();
  expect(clock.now()).toBe(at(0));
  await new Promise((resolve) => setImmediate(resolve));
  expect(clock.now()).toBe(at(0));
  await clock.advanceTo(at(60));
  expect(clock.now()).toBe(at(60));
});

test("timers fire in order, each at its own time, the older of two at one instant first", async () => {
  const clock = open();
  const fired: string[] = [];
  const set = (name: string, seconds: number) =>
    clock.setTimer(at(seconds), () => fired.push(`${name}@${(clock.now() - at(0)) / 1_000}`));
  set("c", 30);
  set("a", 10);
  set("b", 10);
  set("never", 61);
  await clock.advanceTo(at(60));
  expect(fired).toEqual(["a@10", "b@10", "c@30"]);
});

test("any set of timers fires sorted by time and then by age", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 60 }),
      async (times) => {
        const clock = open();
        const fired: [number, number][] = [];
        times.forEach((time, index) =>
          clock.setTimer(at(time + 1), () => fired.push([time, index])),
        );
        await clock.advanceTo(at(100));
        const expected = times.map((time, index): [number, number] => [time, index]);
        expect(fired).toEqual(expected.sort((one, two) => one[0] - two[0] || one[1] - two[1]));
      },
    ),
  );
});

test("a timer that a timer sets fires within the same advance", async () => {
  const clock = open();
  const fired: number[] = [];
  const again = () => {
    fired.push((clock.now() - at(0)) / 1_000);
    clock.setTimer(clock.now() + 20_000, again);
  };
  clock.setTimer(at(20), again);
  await clock.advanceTo(at(60));
  expect(fired).toEqual([20, 40, 60]);
});

test("a cancelled timer does not fire, also when it is cancelled at its own instant", async () => {
  const clock = open();
  const fired: string[] = [];
  const second: { cancel?: () => void } = {};
  clock.setTimer(at(5), () => {
    fired.push("first");
    second.cancel?.();
  });
  Object.assign(
    second,
    clock.setTimer(at(5), () => fired.push("second")),
  );
  clock.setTimer(at(6), () => fired.push("third")).cancel();
  await clock.advanceTo(at(10));
  expect(fired).toEqual(["first"]);
});

test("what is due now fires by itself, soon and never synchronously", async () => {
  const clock = open();
  const fired: string[] = [];
  clock.setTimer(at(0), () => fired.push("now"));
  clock.setTimer(at(-60), () => fired.push("past"));
  clock.setTimer(at(1), () => fired.push("later"));
  expect(fired).toEqual([]);
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
  expect(fired).toEqual(["now", "past"]);
});

test("an advance waits for work on real time after each timer, and what it sets in motion", async () => {
  const clock = open();
  const log: string[] = [];
  let done: (() => void) | undefined;
  clock.attach({
    busy: () => done !== undefined,
    settled: () =>
      new Promise((resolve) => {
        setImmediate(() => {
          log.push(`work at ${(clock.now() - at(0)) / 1_000}`);
          done?.();
          done = undefined;
          resolve();
        });
      }),
  });
  clock.setTimer(at(10), () => {
    done = () => clock.setTimer(clock.now() + 1_000, () => log.push("after work"));
  });
  clock.setTimer(at(15), () => log.push("tick"));
  await clock.advanceTo(at(20));
  expect(log).toEqual(["work at 10", "after work", "tick"]);
});

test("advances queue up, and none goes back", async () => {
  const clock = open();
  const first = clock.advanceTo(at(60));
  const second = clock.advanceTo(at(30));
  await first;
  await expect(second).rejects.toMatchObject({ code: "ClockRefused" });
  await clock.advanceTo(at(90));
  expect(clock.now()).toBe(at(90));
});

test("a closed clock fires nothing", async () => {
  const clock = open();
  const fired: string[] = [];
  clock.setTimer(at(0), () => fired.push("x"));
  clock.close();
  clock.setTimer(at(0), () => fired.push("y"));
  await new Promise((resolve) => setImmediate(resolve));
  expect(fired).toEqual([]);
});
