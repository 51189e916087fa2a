import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Report, Task } from "../../../emulator/src/backends/backend.js";
import { taskName } from "../../../emulator/src/backends/exec/layout.js";
import { temporaryFolder } from "./support/bench.js";
import { fileWritten } from "./support/file-written.js";
import { isolationsHere } from "./support/isolations.js";
import { OtherProcess, toWire, type Wire } from "./support/other-process.js";
import { killAll, processesOf, programsIn } from "./support/programs.js";
import { taskWith } from "./support/tasks.js";

jest.setTimeout(60_000);

describe.each(isolationsHere())("a killed emulator, %s", (isolation) => {
  const folder = temporaryFolder();
  const instanceId = "i-recovery";
  const root = join(folder.path, "instances", instanceId, "root");
  let emulator: OtherProcess;

  beforeAll(async () => {
    emulator = await open();
    await emulator.said("ready");
  });

  afterAll(async () => {
    await emulator.close();
    expect(processesOf(folder.path)).toEqual([]);
    folder.remove();
  });

  async function open(): Promise<OtherProcess> {
    const other = new OtherProcess(folder.path, isolation);
    await other.said("ready");
    other.tell({ do: "boot", instanceId });
    return other;
  }

  /** Kills the emulator once all the files are there, and starts another that recovers the tasks. */
  async function crash(tasks: readonly Task[], files: readonly string[]): Promise<void> {
    emulator.tell({ do: "deliver", tasks: tasks.map(toWire) });
    await Promise.all(files.map((name) => fileWritten(join(root, name))));
    await emulator.kill();
  }

  async function restart(tasks: readonly Task[]): Promise<void> {
    emulator = await open();
    emulator.tell({ do: "recover", tasks: tasks.map(toWire) });
    await emulator.said("recovered");
  }

  function task(script: string, more: Partial<Task> = {}): Task {
    return taskWith(script, { instanceId, ...more });
  }

  test("what still runs ends with its true exit code and output, and runs once", async () => {
    const running = task(
      'echo x >> "$HOME/count"; echo before; echo go > "$HOME/go"\n' +
        'while [ ! -e "$HOME/end" ]; do sleep 0.05; done; echo after; exit 7\n',
    );
    await crash([running], ["go"]);
    await restart([running]);
    writeFileSync(join(root, "end"), "");
    const report = await emulator.final(running);
    expect(report).toMatchObject({ kind: "finish", exitCode: 7, dropped: 0 });
    expect(textOf(report)).toBe("before\nafter\n");
    expect(readFileSync(join(root, "count"), "utf8")).toBe("x\n");
  });

  test("what ended meanwhile is reported at once, with the time of its end", async () => {
    const short = task('echo go > "$HOME/go2"; sleep 0.3; echo done; exit 5');
    await crash([short], ["go2"]);
    await fileWritten(join(folder.path, "tasks", taskName(short), "exit"));
    await restart([short]);
    const report = await emulator.final(short);
    expect(report).toMatchObject({ kind: "finish", exitCode: 5 });
    expect(textOf(report)).toBe("done\n");
    const { startedAt, finishedAt } = report as { startedAt: number; finishedAt: number };
    expect(finishedAt - startedAt).toBeGreaterThanOrEqual(500);
    expect(finishedAt - startedAt).toBeLessThan(8_000);
  });

  test("a time-out still ends a command, counted from its start", async () => {
    const long = task('echo go > "$HOME/go3"; echo some; sleep 60', { timeoutSeconds: 3 });
    await crash([long], ["go3"]);
    await restart([long]);
    const report = await emulator.final(long);
    expect(report.kind).toBe("timeout");
    expect(textOf(report)).toBe("some\n");
    const { startedAt, finishedAt } = report as { startedAt: number; finishedAt: number };
    expect(finishedAt - startedAt).toBeGreaterThanOrEqual(3_000);
    expect(finishedAt - startedAt).toBeLessThan(8_000);
  });

  test("what waited for its turn runs then", async () => {
    const blockers = Array.from({ length: 10 }, (_, i) =>
      task(`echo go > "$HOME/block${i}"; while [ ! -e "$HOME/free" ]; do sleep 0.05; done`),
    );
    const waiting = task('echo x >> "$HOME/waited"; echo mine');
    const all = [...blockers, waiting];
    await crash(all, ["block0", "block9"]);
    expect(existsSync(join(root, "waited"))).toBe(false);
    await restart(all);
    writeFileSync(join(root, "free"), "");
    expect(await emulator.final(waiting)).toMatchObject({ kind: "finish", exitCode: 0 });
    for (const one of blockers) expect(await emulator.final(one)).toMatchObject({ exitCode: 0 });
    expect(readFileSync(join(root, "waited"), "utf8")).toBe("x\n");
  });

  test("what nobody saw the end of is reported as interrupted, with what it had printed", async () => {
    const lost = task('echo go > "$HOME/go5"; echo some; sleep 60');
    await crash([lost], ["go5"]);
    await killAll(join(folder.path, "tasks", taskName(lost)));
    await restart([lost]);
    const report = await emulator.final(lost);
    expect(report).toMatchObject({ kind: "error", errorCode: "ExecutionInterrupted" });
    expect(textOf(report)).toBe("some\n");
  });

  test("what ran when an emulator was closed is reported as interrupted by the next one", async () => {
    const cut = task('echo go > "$HOME/go6"; sleep 60');
    emulator.tell({ do: "deliver", tasks: [toWire(cut)] });
    await fileWritten(join(root, "go6"));
    await emulator.close();
    expect(processesOf(folder.path)).toEqual([]);
    await restart([cut]);
    const report = await emulator.final(cut);
    expect(report).toMatchObject({ kind: "error", errorCode: "ExecutionInterrupted" });
  });

  test("what is in an instance's memory and /tmp is still there", async () => {
    const before = task(
      'echo kept > "${TMPDIR:-/tmp}/kept"; (sleep 61 &) ; echo go > "$HOME/go7"; sleep 0.2',
    );
    await crash([before], ["go7"]);
    await restart([before]);
    const after = task('cat "${TMPDIR:-/tmp}/kept"');
    emulator.tell({ do: "deliver", tasks: [toWire(after)] });
    expect(textOf(await emulator.final(after))).toBe("kept\n");
    expect(programsIn({ folder: folder.path, isolation }, instanceId)).toContain("sleep 61");
  });
});

function textOf(report: Wire<Report>): string {
  return "output" in report ? Buffer.from(report.output, "base64").toString() : "";
}
