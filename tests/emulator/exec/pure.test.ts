import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { resolveBuiltIns } from "../../../emulator/src/backends/exec/builtins.js";
import { FairQueue } from "../../../emulator/src/backends/exec/fair-queue.js";
import { mountTable } from "../../../emulator/src/backends/exec/isolation/mount-table.js";
import { safeName, taskName } from "../../../emulator/src/backends/exec/layout.js";
import {
  keptOutput,
  nextStreamed,
  OutputFiles,
} from "../../../emulator/src/backends/exec/output.js";
import { parseStat } from "../../../emulator/src/backends/exec/proc.js";
import { groupsOf } from "../../../emulator/src/backends/exec/users.js";

describe("nextStreamed()", () => {
  test.each([
    [0, 0, 0],
    [0, 10, 10],
    [0, 100_000, 2_048],
    [2_048, 100_000, 4_096],
    [4_096, 100_000, 6_144],
    [6_144, 100_000, 6_144],
    [5_999, 100_000, 8_047],
    [6_000, 100_000, 8_048],
    [6_001, 100_000, 6_001],
    [10, 5, 10],
  ])("after %i bytes with %i at hand it is %i", (streamed, available, next) => {
    expect(nextStreamed(streamed, available)).toBe(next);
  });
});

describe("keptOutput()", () => {
  const folder = mkdtempSync(join(tmpdir(), "exec-output-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  test("head, tail and dropped are those of the whole output, however it lies in segments", () => {
    const output = fc.uint8Array({ minLength: 0, maxLength: 400 });
    const numbers = { streamed: fc.nat(60), keep: fc.integer({ min: 60, max: 120 }) };
    fc.assert(
      fc.property(output, fc.nat(400), fc.record(numbers), (bytes, cut, { streamed, keep }) => {
        const whole = Buffer.from(bytes);
        // The first segment holds at least what is streamed and kept, as it does in earnest.
        const first = Math.min(Math.max(cut, 200), whole.length);
        writeFileSync(join(folder, "out.0"), whole.subarray(0, first));
        writeFileSync(join(folder, "out.1"), whole.subarray(first));
        writeFileSync(join(folder, "segments"), `${first} 1 0\n7 garb`);
        const { output: kept, dropped } = keptOutput(new OutputFiles(folder), streamed, keep);
        const head = whole.subarray(0, streamed);
        const rest = whole.subarray(head.length);
        const tail = rest.subarray(Math.max(rest.length - (keep - streamed), 0));
        expect(kept.equals(Buffer.concat([head, tail]))).toBe(true);
        expect(dropped).toBe(rest.length - tail.length);
      }),
    );
  });

  test("nothing at all is an empty output", () => {
    const nowhere = new OutputFiles(join(folder, "nowhere"));
    expect(keptOutput(nowhere, 0, 24_576)).toEqual({ output: Buffer.alloc(0), dropped: 0 });
  });
});

describe("parseStat()", () => {
  test("a name may hold brackets and blanks", () => {
    const line = "42 (a) S (b) S 7 40 39 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 987 1 2 3\n";
    expect(parseStat(line)).toEqual({
      ...{ pid: 42, startTime: "987", state: "S", parent: 7, group: 40, session: 39 },
    });
  });

  test.each(["", "42", "x (y) S 1 2 3", "42 (y) S 1"])("%j is no process", (line) => {
    expect(parseStat(line)).toBeUndefined();
  });
});

describe("resolveBuiltIns()", () => {
  const values = { InstanceId: "i-1", "Odd.Name-1": "日", constructor: "own" };
  const resolve = (text: string | Buffer): unknown => {
    const result = resolveBuiltIns(Buffer.from(text), values);
    return result.ok ? result.content.toString("latin1") : result.refusal;
  };

  test.each([
    ["{{ACS::InstanceId}}", "i-1"],
    ["{{ ACS :: InstanceId }}\n{{\tACS::InstanceId\r\n}}", "i-1\ni-1"],
    ["{{ACS::Odd.Name-1}}", Buffer.from("日").toString("latin1")],
    ["{{acs::InstanceId}} {{name}} {{{ACS::InstanceId}}}", "{{acs::InstanceId}} {{name}} {i-1}"],
    ["{{ACS:InstanceId}} {{ACS::}} {{ACS::a b}}", "{{ACS:InstanceId}} {{ACS::}} {{ACS::a b}}"],
  ])("%j becomes %j", (text, resolved) => {
    expect(resolve(text)).toBe(resolved);
  });

  test("a no-break space is no blank to the agent", () => {
    const text = Buffer.from("{{\u00a0ACS::InstanceId}}", "latin1");
    expect(resolve(text)).toBe(text.toString("latin1"));
  });

  test("bytes of no encoding stay as they are", () => {
    const odd = Buffer.from([0xff, 0x00, 0xe9]);
    const result = resolveBuiltIns(
      Buffer.concat([odd, Buffer.from("{{ACS::InstanceId}}")]),
      values,
    );
    expect(result).toEqual({ ok: true, content: Buffer.concat([odd, Buffer.from("i-1")]) });
  });

  test.each([
    ["{{ACS::instanceid}}", "InvalidSystemBuiltInParameter"],
    ["{{ACS::toString}}", "InvalidSystemBuiltInParameter"],
    ["{{oos:x}}", "InstanceRoleInvalid"],
    ["{{ oos-secret : a.b-c }}", "InstanceRoleInvalid"],
  ])("%j is refused with %s", (text, errorCode) => {
    expect(resolve(text)).toMatchObject({ errorCode });
  });

  test("an instance name that came empty cannot be resolved", () => {
    const result = resolveBuiltIns(Buffer.from("echo"), { InstanceName: "" });
    expect(result).toMatchObject({ refusal: { errorCode: "InvalidSystemBuiltInParameter" } });
  });
});

describe("FairQueue", () => {
  test("lines take turns", () => {
    const queue = new FairQueue<string>();
    for (const item of ["a1", "a2", "a3"]) queue.push("a", item);
    queue.push("b", "b1");
    const any = (): boolean => true;
    const taken = Array.from({ length: 5 }, () => queue.take(any));
    expect(taken).toEqual(["a1", "b1", "a2", "a3", undefined]);
  });

  test("a line that may not be served is passed over and keeps its place", () => {
    const queue = new FairQueue<string>();
    queue.push("a", "a1");
    queue.push("b", "b1");
    expect(queue.take((key) => key === "b")).toBe("b1");
    expect(queue.take(() => true)).toBe("a1");
  });

  test("items and lines can be taken out", () => {
    const queue = new FairQueue<string>();
    for (const item of ["a1", "a2"]) queue.push("a", item);
    expect(queue.remove("a", "a1")).toBe(true);
    expect(queue.remove("a", "a1")).toBe(false);
    expect(queue.lengthOf("a")).toBe(1);
    expect(queue.drop("a")).toEqual(["a2"]);
    expect(queue.lengthOf("a")).toBe(0);
  });
});

describe("names of files", () => {
  test.each(["..", ".", "", "a/b", "a,b", "~", "a b", "i-bp1"])("%j is one plain name", (id) => {
    expect(safeName(id)).toMatch(/^[\w%-][\w.%-]*$/);
  });

  test("no two tasks share one", () => {
    const id = fc.string({ maxLength: 4 });
    fc.assert(
      fc.property(id, id, id, id, (a, b, c, d) => {
        const one = taskName({ instanceId: a, invokeId: b, run: 1 });
        const other = taskName({ instanceId: c, invokeId: d, run: 1 });
        expect(one === other).toBe(a === c && b === d);
      }),
    );
  });

  test("a mount table survives blanks in a folder's name", () => {
    const mounts = [
      { from: "/a b\tc", to: "/d\\e#f" },
      { from: "/s", to: "/t", deep: true },
    ];
    expect(mountTable(mounts)).toBe(
      "/a\\040b\\011c /d\\134e\\043f none bind 0 0\n/s /t none rbind 0 0\n",
    );
  });
});

test("a user's groups are those whose lines name it", () => {
  const text = "root:x:0:\nadm:x:4:ann,bob\nops:x:50:bobby\nweb:x:60:bob\n";
  expect(groupsOf(text, "bob")).toEqual([4, 60]);
});
