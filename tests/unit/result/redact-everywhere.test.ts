import type { EventBody } from "../../../provider/src/events.js";
import { byteRedactor } from "../../../provider/src/result/redact.js";
import { redactEvent } from "../../../provider/src/result/redact-event.js";
import { createSecretBook } from "../../../provider/src/result/secret-book.js";

describe("a secret book", () => {
  test("takes out what it has learnt, also what it learns later", () => {
    const book = createSecretBook();
    expect(book.redact("one-secret two-secret")).toBe("one-secret two-secret");
    book.add(["one-secret"]);
    expect(book.redact("one-secret two-secret")).toBe("[secret] two-secret");
    book.add(["two-secret"]);
    expect(book.redact("one-secret two-secret")).toBe("[secret] [secret]");
  });

  test("knows a short value as a whole, and leaves it in longer texts", () => {
    const book = createSecretBook();
    book.add(["1", ""]);
    expect([book.has("1"), book.has(""), book.has("i-1")]).toEqual([true, false, false]);
    expect(book.redact("i-1 and 11")).toBe("i-1 and 11");
  });
});

test("bytes that are no text stay as they are around a secret, whatever its encoding", () => {
  const encode = (text: string): string => Buffer.from(text, "utf8").toString("latin1");
  // "à" ends in a byte that is a blank in Latin-1; it belongs to the secret all the same.
  const bytes = Buffer.concat([
    Buffer.from([0xff, 0x00]),
    Buffer.from("voilà-là\n"),
    Buffer.from([0xe9]),
  ]);
  const redacted = byteRedactor(["  voilà-là \nx"], encode)(bytes.toString("latin1"));
  expect(Buffer.from(redacted, "latin1")).toEqual(
    Buffer.concat([Buffer.from([0xff, 0x00]), Buffer.from("[secret]\n"), Buffer.from([0xe9])]),
  );
});

describe("an event", () => {
  const redact = (text: string): string => text.replaceAll("secret-1", "***");
  const members = [{ instanceId: "i-secret-1", attempt: 1 }];
  const reasons = [{ instanceId: "i-secret-1", reason: "has secret-1" }];
  const redacted = [{ instanceId: "i-secret-1", reason: "has ***" }];
  const summary = {} as never;
  const cases: [EventBody, Partial<EventBody>][] = [
    [{ event: "plan", action: "run", lines: ["a secret-1"] }, { lines: ["a ***"] }],
    [
      {
        event: "sweep",
        ready: 1,
        unready: reasons,
        allowed: 0,
        skipped: reasons,
        gone: ["i-secret-1"],
      },
      { unready: redacted, skipped: redacted, gone: ["i-secret-1"] },
    ],
    [
      { event: "call", outcome: "refused", members, reason: "secret-1" },
      { members, reason: "***" },
    ],
    [
      {
        event: "row",
        instanceId: "i-secret-1",
        status: "Failed",
        attempt: 1,
        errorInfo: "secret-1",
      },
      { instanceId: "i-secret-1", errorInfo: "***" },
    ],
    [
      { event: "verdict", status: "Failed", red: true, summary, reasons: ["secret-1"] },
      { reasons: ["***"] },
    ],
  ];

  test.each(cases)("loses secrets in its words, and in nothing else: %#", (event, expected) => {
    expect(redactEvent(event, redact)).toEqual({ ...event, ...expected });
  });
});
