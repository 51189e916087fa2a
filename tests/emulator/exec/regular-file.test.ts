import { execFileSync } from "node:child_process";
import {
  closeSync,
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { Doorbells } from "../../../emulator/src/backends/exec/doorbells.js";
import { installFile } from "../../../emulator/src/backends/exec/install-file.js";
import { OutputFiles } from "../../../emulator/src/backends/exec/output.js";
import { takePowerWish } from "../../../emulator/src/backends/exec/power.js";
import { TaskFolder } from "../../../emulator/src/backends/exec/task-folder.js";
import { temporaryFolder } from "./support/bench.js";

const WISH = "reboot 0\n";
const REBOOT = { kind: "reboot", afterMs: 0 };

let folder: ReturnType<typeof temporaryFolder>;
let writers: number[];
beforeEach(() => {
  folder = temporaryFolder();
  writers = [];
});
afterEach(() => {
  for (const writer of writers) closeSync(writer);
  folder.remove();
});

/**
 * A pipe that has something to say to whoever opens it: reading it is seen in what comes of it,
 * where a pipe without a writer would hold up the test for good.
 */
function pipe(name: string, text: string): string {
  const path = join(folder.path, name);
  execFileSync("mkfifo", [path]);
  // For both reading and writing: to open it so waits for nobody (fifo(7)).
  const writer = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  writers.push(writer);
  writeSync(writer, text);
  return path;
}

function file(name: string, text: string): string {
  const path = join(folder.path, name);
  writeFileSync(path, text);
  return path;
}

function link(name: string, to: string): string {
  const path = join(folder.path, name);
  symlinkSync(to, path);
  return path;
}

describe("a wish for power", () => {
  test("is taken from a file, and not before it is whole", () => {
    const path = file("power", "reboot");
    expect(takePowerWish(path)).toBeUndefined();
    writeFileSync(path, WISH);
    expect(takePowerWish(path)).toEqual(REBOOT);
    expect(existsSync(path)).toBe(false);
  });

  test.each([
    ["a pipe", () => pipe("power", WISH)],
    ["a link", () => link("power", file("elsewhere", WISH))],
    ["a device", () => link("power", "/dev/null")],
    ["a file without an end", () => file("power", "x".repeat(1_000_000))],
  ])("is not taken from %s, which goes", (_what, make) => {
    const path = make();
    expect(takePowerWish(path)).toBeUndefined();
    expect(takePowerWish(file("other", WISH))).toEqual(REBOOT);
    writeFileSync(path, WISH, { flag: "wx" });
    expect(takePowerWish(path)).toEqual(REBOOT);
  });

  test("is not taken from a folder, which stays", () => {
    const path = join(folder.path, "power");
    mkdirSync(path);
    expect(takePowerWish(path)).toBeUndefined();
  });
});

test("a folder among the doorbells holds nobody up", () => {
  mkdirSync(join(folder.path, "nobody's"));
  const doorbells = new Doorbells(folder.path);
  const rung: string[] = [];
  doorbells.on("somebody's", () => rung.push("rung"));
  file("somebody's", "");
  doorbells.lookAround();
  doorbells.close();
  expect(rung.length).toBeGreaterThan(0);
});

test("a task's notes are read from files alone", () => {
  const task = new TaskFolder(folder.path);
  pipe("exit", "0\n");
  link("process", "/proc/self/stat");
  file("wrapper", `${readFileSync("/proc/self/stat", "utf8").trim()}${" ".repeat(100_000)}\n`);
  expect([task.exitCode(), task.command(), task.wrapper()]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

test("a task's output is read from files alone", () => {
  pipe("segments", "5 1 0\n");
  link("out.0", file("elsewhere", "hello"));
  const output = new OutputFiles(folder.path);
  expect(output.head(5).toString()).toBe("");
  expect(output.tail(5)).toEqual({ total: 0, tail: Buffer.alloc(0) });
});

test("the turn is found at the end of a long list of segments", () => {
  const turns = Array.from(
    { length: 10_000 },
    (_, at) => `${at * 3} ${(at % 2) + 1} ${2 - (at % 2)}\n`,
  );
  file("segments", turns.join(""));
  file("out.1", "abc");
  file("out.2", "de");
  const { total, tail } = new OutputFiles(folder.path).tail(4);
  expect([total, tail.toString()]).toEqual([9_999 * 3 + 2, "bcde"]);
});

test("a tool is installed in the place of whatever is there", () => {
  const path = pipe("tool", "text");
  pipe("tool.new", "text");
  installFile(path, "text");
  expect(lstatSync(path).isFile()).toBe(true);
  expect(readFileSync(path, "utf8")).toBe("text");
});
