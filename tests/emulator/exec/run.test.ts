import { Bench, INSTANCE, temporaryFolder, textOf } from "./support/bench.js";

const folder = temporaryFolder();
let bench: Bench;

beforeAll(() => {
  bench = new Bench(folder.path, { isolation: "plain" });
  bench.boot();
});

afterAll(async () => {
  await bench.backend.close();
  folder.remove();
});

test("a command prints, ends and is reported with its exit code", async () => {
  const report = await bench.run("echo before\nexit 3\n");
  expect(report).toMatchObject({ kind: "finish", exitCode: 3, dropped: 0 });
  expect(textOf(report)).toBe("before\n");
});

test("stdout and stderr are one stream in order of arrival", async () => {
  const report = await bench.run("for i in 1 2 3; do echo out$i; echo err$i >&2; done\n");
  expect(textOf(report)).toBe("out1\nerr1\nout2\nerr2\nout3\nerr3\n");
});

test("a timeout kills the shell", async () => {
  const report = await bench.run("echo a; sleep 30", { timeoutSeconds: 1 });
  expect(report.kind).toBe("timeout");
  expect(textOf(report)).toBe("a\n");
});

test("stop", async () => {
  const task = bench.task("echo a; sleep 30");
  bench.backend.deliver(task);
  await bench.until(() => bench.reportsOf(task).find((r) => r.kind === "output"));
  bench.backend.cancel(task, "ProcessTree");
  const report = await bench.final(task);
  expect(report.kind).toBe("stopped");
  expect(textOf(report)).toBe("a\n");
});

test("many at once", async () => {
  const t0 = Date.now();
  for (let i = 0; i < 120; i++) bench.boot(`i-${i}`);
  await Promise.all(
    Array.from({ length: 120 }, (_, i) => bench.run("echo $HOME", { instanceId: `i-${i}` })),
  );
  process.stderr.write(`120: ${Date.now() - t0} ms\n`);
});
