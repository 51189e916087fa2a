import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import fs, {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createInterface } from "node:readline";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lockFolder } from "../../../emulator/src/state/folder-lock.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "folder-lock-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const lock = () => join(folder, "lock");
const stat = (pid: number) =>
  readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").pop()!.split(" ");

/** A process whose parent has become another program, which waits for no children. */
async function neglectedChild(): Promise<{ parent: ChildProcessWithoutNullStreams; pid: number }> {
  const parent = spawn("sh", ["-c", "tail -f /dev/null & echo $!; exec cat"]);
  const lines = createInterface(parent.stdout)[Symbol.asyncIterator]();
  const pid = Number((await lines.next()).value);
  parent.stdin.write("the shell is cat by now\n");
  await lines.next();
  return { parent, pid };
}

test("the lock of a process that was killed is free, though its parent has not noticed", async () => {
  const { parent, pid } = await neglectedChild();
  const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  writeFileSync(lock(), JSON.stringify({ pid, startedAt: `${boot}/${stat(pid)[19]}` }));
  expect(() => lockFolder(folder)).toThrow(`in use by process ${pid}`);
  process.kill(pid, "SIGKILL");
  while (stat(pid)[0] !== "Z") await new Promise(setImmediate);
  lockFolder(folder).release();
  expect(existsSync(lock())).toBe(false);
  const gone = new Promise((resolve) => parent.on("exit", resolve));
  parent.kill();
  await gone;
});

test("a lock is never there without its owner, and nothing else stays", () => {
  const seen: string[] = [];
  const look = () => {
    if (existsSync(lock())) seen.push(readFileSync(lock(), "utf8"));
  };
  const spies = (["writeSync", "writeFileSync", "closeSync"] as const).map((name) => {
    const real = fs[name].bind(fs) as (...args: unknown[]) => unknown;
    return jest.spyOn(fs, name).mockImplementation(((...args: unknown[]) => {
      look();
      return real(...args);
    }) as never);
  });
  const held = lockFolder(folder);
  for (const spy of spies) spy.mockRestore();
  look();
  expect(seen.map((text) => (JSON.parse(text || "{}") as { pid?: number }).pid)).toEqual(
    seen.map(() => process.pid),
  );
  expect(readdirSync(folder)).toEqual(["lock"]);
  held.release();
  expect(readdirSync(folder)).toEqual([]);
});
