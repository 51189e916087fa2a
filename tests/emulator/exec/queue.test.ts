import { eachIsolation } from "./support/each-isolation.js";
import { textOf } from "./support/bench.js";

jest.setTimeout(60_000);

eachIsolation("the queue", (bench) => {
  test("ten run and fifty wait on an instance; the next is refused", async () => {
    const script = 'while [ ! -e "$HOME/free" ]; do sleep 0.1; done';
    const tasks = Array.from({ length: 61 }, () => bench().task(script));
    for (const task of tasks) bench().backend.deliver(task);
    expect(await bench().final(tasks[60]!)).toMatchObject({
      kind: "invalid",
      errorCode: "TaskConcurrencyLimit",
    });
    const running = (): number =>
      tasks.filter((task) =>
        bench()
          .reportsOf(task)
          .some(({ kind }) => kind === "running"),
      ).length;
    await bench().until(() => (running() === 10 ? true : undefined));
    bench().boot("i-other");
    expect(textOf(await bench().run("echo free", { instanceId: "i-other" }))).toBe("free\n");
    expect(running()).toBe(10);
    const waiting = tasks[59]!;
    bench().backend.cancel(waiting, "Process");
    expect(await bench().final(waiting)).toEqual({
      kind: "stopped",
      startedAt: 0,
      finishedAt: 0,
      output: Buffer.alloc(0),
      dropped: 0,
    });
    for (const task of tasks) bench().backend.cancel(task, "ProcessTree");
    await bench().backend.settled();
    expect(bench().backend.busy()).toBe(false);
  });

  test("a hundred and twenty instances run one command each within seconds", async () => {
    const began = Date.now();
    const ids = Array.from({ length: 120 }, (_, i) => `i-fleet-${i}`);
    for (const instanceId of ids) bench().boot(instanceId);
    const reports = await Promise.all(
      ids.map((instanceId) => bench().run(`echo ${instanceId}`, { instanceId })),
    );
    expect(reports.map(textOf)).toEqual(ids.map((id) => `${id}\n`));
    expect(Date.now() - began).toBeLessThan(30_000);
  });

  test("a task that is known already is not run twice", async () => {
    const task = bench().task('echo x >> "$HOME/twice"; sleep 0.2; cat "$HOME/twice"');
    bench().backend.deliver(task);
    bench().backend.deliver(task);
    expect(textOf(await bench().final(task))).toBe("x\n");
    await bench().backend.settled();
    expect(bench().reportsOf(task)).toHaveLength(2);
  });

  test("a task waits for its instance to be on", async () => {
    const task = bench().task("echo on", { instanceId: "i-late" });
    bench().backend.deliver(task);
    await bench().run("true");
    expect(bench().reportsOf(task)).toEqual([]);
    bench().boot("i-late");
    expect(textOf(await bench().final(task))).toBe("on\n");
  });
});

eachIsolation(
  "the queue of few places",
  (bench) => {
    test("each instance has its turn", async () => {
      const order: string[] = [];
      for (const instanceId of ["i-a", "i-b"]) bench().boot(instanceId);
      const many = Array.from({ length: 6 }, () =>
        bench().task("sleep 0.1", { instanceId: "i-a" }),
      );
      const one = bench().task("sleep 0.1", { instanceId: "i-b" });
      for (const task of [...many, one]) bench().backend.deliver(task);
      await bench().backend.settled();
      for (const { key, report } of bench().reports) {
        if (report.kind === "running") order.push(key.instanceId);
      }
      expect(order).toHaveLength(7);
      expect(order.indexOf("i-b")).toBeLessThan(4);
    });
  },
  { limits: { running: 2 } },
);
