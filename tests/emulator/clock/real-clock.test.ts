import { createClock } from "../../../emulator/src/clock/index.js";

test("a scaled clock runs so many times as fast", async () => {
  const clock = createClock({ mode: "scaled", factor: 100_000 });
  const start = clock.now();
  const firedAt = await new Promise<number>((resolve) => {
    clock.setTimer(start + 3_600_000, () => resolve(clock.now()));
  });
  expect(firedAt - start).toBeGreaterThanOrEqual(3_600_000);
  clock.close();
});

test("a real clock shows the machine's time and keeps the order of its timers", async () => {
  const clock = createClock({ mode: "real" });
  expect(Math.abs(clock.now() - Date.now())).toBeLessThan(1_000);
  const fired: string[] = [];
  await new Promise<void>((resolve) => {
    clock.setTimer(clock.now() + 20, () => {
      fired.push("second");
      resolve();
    });
    clock.setTimer(clock.now() - 5, () => fired.push("first"));
    clock.setTimer(clock.now() + 5, () => fired.push("cancelled")).cancel();
  });
  expect(fired).toEqual(["first", "second"]);
  clock.close();
});

test("a timer years ahead does not fire at once", async () => {
  const clock = createClock({ mode: "real" });
  let fired = false;
  clock.setTimer(clock.now() + 400 * 86_400_000, () => (fired = true));
  await new Promise((resolve) => setImmediate(resolve));
  expect(fired).toBe(false);
  clock.close();
});

test("only a virtual clock is advanced", async () => {
  const clock = createClock({ mode: "real" });
  await expect(clock.advanceTo(clock.now())).rejects.toMatchObject({ code: "ClockRefused" });
  clock.close();
});

test.each([
  [{ mode: "scaled", factor: 0 }],
  [{ mode: "scaled", factor: NaN }],
  [{ mode: "virtual", now: "tomorrow" }],
] as const)("refuses %j", (options) => {
  expect(() => createClock(options)).toThrow(expect.objectContaining({ code: "InvalidOption" }));
});
