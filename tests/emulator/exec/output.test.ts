import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { taskName } from "../../../emulator/src/backends/exec/layout.js";
import { textOf } from "./support/bench.js";
import { eachIsolation } from "./support/each-isolation.js";

jest.setTimeout(60_000);

eachIsolation("output", (bench) => {
  test("of much at once the tail is kept and the rest counted", async () => {
    const report = await bench().run("seq 1 20000 | tr '\\n' ' ' | head -c 100000; printf end\n");
    expect(report).toMatchObject({ kind: "finish", exitCode: 0, dropped: 100_003 - 24_576 });
    const whole =
      Array.from({ length: 20_000 }, (_, i) => i + 1)
        .join(" ")
        .slice(0, 100_000) + "end";
    expect(textOf(report)).toBe(whole.slice(-24_576));
  });

  test("what was sent while it ran is kept, and of the rest the tail", async () => {
    const script =
      "printf 'head'; while [ ! -e \"$HOME/go\" ]; do sleep 0.05; done\n" +
      "head -c 30000 /dev/zero | tr '\\0' x; printf end\n";
    const task = bench().task(script);
    bench().backend.deliver(task);
    const sent = await bench().until(() =>
      bench()
        .reportsOf(task)
        .find((r) => r.kind === "output"),
    );
    expect(sent).toEqual({ kind: "output", output: Buffer.from("head"), dropped: 0 });
    await bench().run('touch "$HOME/go"');
    const report = await bench().final(task);
    const text = textOf(report);
    expect(text).toMatch(/^headx+end$/);
    expect(text).toHaveLength(24_576);
    expect(report).toMatchObject({ dropped: 30_007 - 24_576 });
  });

  test("at the limit nothing is dropped, and one byte above it one", async () => {
    const exact = await bench().run("head -c 24576 /dev/zero | tr '\\0' y\n");
    expect(exact).toMatchObject({ dropped: 0, output: Buffer.alloc(24_576, "y") });
    const above = await bench().run("printf a; head -c 24576 /dev/zero | tr '\\0' y\n");
    expect(above).toMatchObject({ dropped: 1, output: Buffer.alloc(24_576, "y") });
  });

  test("all bytes of a flood are counted and few stand on the disk", async () => {
    const task = bench().task("yes 0123456789abcde | head -c 64000000; sleep 1; echo last");
    bench().backend.deliver(task);
    await bench().until(() =>
      bench()
        .reportsOf(task)
        .find((r) => r.kind === "output"),
    );
    const folder = join(bench().folder, "tasks", taskName(task));
    const sizes = readdirSync(folder).map((name) => statSync(join(folder, name)).size);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(12_000_000);
    const report = await bench().final(task);
    expect(report).toMatchObject({ exitCode: 0, dropped: 64_000_005 - 24_576 });
    expect(textOf(report).endsWith("0123456789abcde\nlast\n")).toBe(true);
  });

  test("a script may write to /dev/stderr without cutting off what it printed before", async () => {
    const report = await bench().run(
      "echo one; echo two > /dev/stderr; echo three > /dev/stdout\n",
    );
    expect(textOf(report)).toBe("one\ntwo\nthree\n");
  });

  test("what a background child prints within the settling time counts, later it is lost", async () => {
    const report = await bench().run(
      '(sleep 0.05; echo soon; sleep 1; echo late; touch "$HOME/late") &\necho now\n',
    );
    expect(textOf(report)).toBe("now\nsoon\n");
  });

  test("a run of a schedule is not streamed, and a stopped one has no output", async () => {
    const script = 'echo slow; touch "$HOME/printed"; sleep 20\n';
    const task = bench().task(script, { repeat: "Period", terminationMode: "ProcessTree" });
    bench().backend.deliver(task);
    const waits = 'while [ ! -e "$HOME/printed" ]; do sleep 0.05; done; sleep 1.2';
    await bench().run(waits);
    bench().backend.cancel(task, "ProcessTree");
    expect(await bench().final(task)).toMatchObject({ kind: "stopped", output: Buffer.alloc(0) });
    expect(
      bench()
        .reportsOf(task)
        .map(({ kind }) => kind),
    ).toEqual(["running", "stopped"]);
  });
});
