import fs, {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkedLine } from "../../../emulator/src/state/checked-line.js";
import { Journal } from "../../../emulator/src/state/journal.js";
import type { Entry } from "../../../emulator/src/state/journal-file.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "journal-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const journalFile = () => join(folder, "journal.jsonl");
const snapshotFile = () => join(folder, "snapshot.jsonl");
const lines = () => readFileSync(journalFile(), "utf8").split("\n").slice(0, -1);

function entry(seq: number): Entry {
  return {
    seq,
    atMs: seq * 1_000,
    ids: seq,
    realm: "a/r",
    changes: [{ del: "command", id: `c-é${seq}` }],
  };
}

function open(): { journal: Journal; replayed: Entry[] } {
  const replayed: Entry[] = [];
  return { journal: Journal.open(folder, { seed: "s" }, (one) => replayed.push(one)), replayed };
}

/** A journal of three entries, as a killed process leaves it: the lock stays and is of nobody. */
function written(count = 3): void {
  const { journal } = open();
  for (let seq = 1; seq <= count; seq += 1) journal.append(entry(seq));
  journal.close();
}

test("what was appended is replayed in order, with the seed of the first start", () => {
  written();
  const { journal, replayed } = open();
  expect(replayed).toEqual([entry(1), entry(2), entry(3)]);
  expect(journal.seed).toBe("s");
  journal.append(entry(4));
  journal.close();
  const again = open();
  expect(again.replayed).toHaveLength(4);
  again.journal.close();
});

test("each line is JSON that any tool can read", () => {
  written();
  for (const line of lines()) expect(JSON.parse(line)).toHaveProperty("crc");
  expect(JSON.parse(lines()[0]!)).toMatchObject({ schema: 1, seed: "s" });
});

test("a last line that was cut short at any byte is dropped, and the next entry takes its place", () => {
  written();
  const whole = readFileSync(journalFile());
  const start = whole.lastIndexOf(10, whole.length - 2) + 1;
  for (let length = start; length < whole.length; length += 7) {
    writeFileSync(journalFile(), whole);
    truncateSync(journalFile(), length);
    const { journal, replayed } = open();
    expect(replayed).toEqual([entry(1), entry(2)]);
    journal.append({ ...entry(3), atMs: 7 });
    journal.close();
    const again = open();
    expect(again.replayed[2]).toEqual({ ...entry(3), atMs: 7 });
    again.journal.close();
  }
});

test("a journal whose very first line was cut short is a new one", () => {
  written(0);
  truncateSync(journalFile(), 10);
  const { journal, replayed } = open();
  expect(replayed).toEqual([]);
  journal.close();
});

test.each([
  ["a changed letter", (text: string) => text.replace("c-é2", "c-é7")],
  ["a line that is gone", (text: string) => text.replace(/.*"seq":2.*\n/, "")],
  ["a line twice", (text: string) => text.replace(/(.*"seq":2.*\n)/, "$1$1")],
  ["a line that is no JSON", (text: string) => text.replace(/.*"seq":2.*/, "garbage")],
  ["half a line before others", (text: string) => text.replace(/(.*"seq":2.{10}).*/, "$1")],
])("%s before the end is refused with file and line, and nothing is used", (what, damage) => {
  written();
  writeFileSync(journalFile(), damage(readFileSync(journalFile(), "utf8")));
  const attempt = () => open();
  expect(attempt).toThrow(
    expect.objectContaining({
      code: "DataDamaged",
      message: expect.stringContaining(`${journalFile()}, line ${what === "a line twice" ? 4 : 3}`),
    }),
  );
  // The lock was given back: the refusal does not hinder the next start.
  expect(existsSync(join(folder, "lock"))).toBe(false);
});

test("a damaged last line that is complete is refused too", () => {
  written();
  writeFileSync(journalFile(), readFileSync(journalFile(), "utf8").replace("c-é3", "c-é9"));
  expect(() => open()).toThrow(/line 4 is damaged: its checksum/);
});

test("a newer schema is refused, and says so", () => {
  written(0);
  writeFileSync(
    journalFile(),
    checkedLine({ format: "cloud-assistant-emulator journal", schema: 2, seed: "s" }),
  );
  expect(() => open()).toThrow(
    expect.objectContaining({
      code: "DataNewer",
      message: expect.stringContaining("newer emulator (schema 2; this one reads up to 1)"),
    }),
  );
});

test("a foreign file is not taken for a journal", () => {
  writeFileSync(journalFile(), "hello\n");
  expect(() => open()).toThrow(expect.objectContaining({ code: "DataDamaged" }));
});

describe("compaction", () => {
  const compacted = (): void => {
    const { journal } = open();
    for (let seq = 1; seq <= 3; seq += 1) journal.append(entry(seq));
    journal.compact([{ ...entry(3), changes: [{ del: "command", id: "all" }] }]);
    journal.append(entry(4));
    journal.close();
  };

  test("replaces the journal by a snapshot, and goes on after it", () => {
    compacted();
    expect(lines()).toHaveLength(2);
    const { journal, replayed } = open();
    expect(replayed.map(({ changes }) => changes)).toEqual([
      [{ del: "command", id: "all" }],
      [{ del: "command", id: "c-é4" }],
    ]);
    journal.close();
  });

  test("a crash between the snapshot and the new journal does nothing twice", () => {
    written();
    const old = readFileSync(journalFile());
    const { journal } = open();
    journal.compact([{ ...entry(3), changes: [{ del: "command", id: "all" }] }]);
    journal.close();
    writeFileSync(journalFile(), old);
    const { journal: next, replayed } = open();
    expect(replayed).toHaveLength(1);
    next.append(entry(4));
    next.close();
    const again = open();
    expect(again.replayed.map(({ seq }) => seq)).toEqual([3, 4]);
    again.journal.close();
  });

  test("a new journal without its head takes nothing more, and the folder opens again", () => {
    written();
    const { journal } = open();
    const write = fs.writeSync.bind(fs);
    const spy = jest.spyOn(fs, "writeSync").mockImplementation((...args: unknown[]) => {
      if (String(args[1]).includes("emulator journal")) throw new Error("no space left");
      return write(...(args as Parameters<typeof write>));
    });
    try {
      expect(() => journal.compact([entry(3)])).toThrow("no space left");
    } finally {
      spy.mockRestore();
    }
    expect(() => journal.append(entry(4))).toThrow("no space left");
    journal.close();
    const again = open();
    expect(again.replayed).toEqual([entry(3)]);
    again.journal.close();
  });

  test("a crash in the middle of writing the snapshot leaves the old files in force", () => {
    written();
    writeFileSync(join(folder, "snapshot.jsonl.new"), "half a snap");
    const { journal, replayed } = open();
    expect(replayed).toHaveLength(3);
    expect(existsSync(join(folder, "snapshot.jsonl.new"))).toBe(false);
    journal.close();
  });

  test.each([
    ["without its end", (text: string) => text.replace(/.*"end".*\n/, "")],
    ["that ends inside a line", (text: string) => text.slice(0, -5)],
    ["that lacks an entry", (text: string) => text.replace(/.*"seq".*\n/, "")],
    ["with a changed letter", (text: string) => text.replace("all", "alL")],
  ])("a snapshot %s is refused with file and line", (_what, damage) => {
    compacted();
    writeFileSync(snapshotFile(), damage(readFileSync(snapshotFile(), "utf8")));
    expect(() => open()).toThrow(/snapshot\.jsonl, line \d is damaged/);
  });
});

test("a second emulator on the folder is refused, in this process as in another", () => {
  const { journal } = open();
  expect(() => open()).toThrow(
    expect.objectContaining({
      code: "DataInUse",
      message: expect.stringContaining(`process ${process.pid}`),
    }),
  );
  journal.close();
  open().journal.close();
});

test("the lock of a process that is gone is taken over, also when its number is used again", () => {
  const lock = join(folder, "lock");
  for (const text of [
    JSON.stringify({ pid: 2 ** 22 + 1, startedAt: "x" }),
    JSON.stringify({ pid: process.pid, startedAt: "another boot/1" }),
    "",
    "half",
  ]) {
    writeFileSync(lock, text);
    open().journal.close();
  }
  expect(existsSync(lock)).toBe(false);
});

test("an entry that cannot be written whole is refused and taken back", () => {
  const { journal } = open();
  journal.append(entry(1));
  const before = readFileSync(journalFile());
  const circular: Record<string, unknown> = {};
  circular.self = circular;
  expect(() => journal.append({ ...entry(2), changes: [circular] as never })).toThrow(
    expect.objectContaining({ code: "Internal" }),
  );
  expect(readFileSync(journalFile())).toEqual(before);
  journal.append(entry(2));
  journal.close();
  appendFileSync(journalFile(), "");
  const { journal: next, replayed } = open();
  expect(replayed).toEqual([entry(1), entry(2)]);
  next.close();
});
