import { readFileSync } from "node:fs";
import path from "node:path";
import type { LifecycleEvent } from "../../provider/src/events.js";

const page = readFileSync(path.resolve(__dirname, "../../docs/how-to/events.md"), "utf8");
const examples = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map((block) =>
  block[1]!
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>),
);

// Every kind, held against the type by the compiler.
const kinds: Record<LifecycleEvent["event"], true> = {
  plan: true,
  sweep: true,
  call: true,
  row: true,
  verdict: true,
};

test("every kind of event is explained and shown, and no other", () => {
  const explained = [...page.matchAll(/^\| `(\w+)` +\| /gm)].map((row) => row[1]);
  expect(explained).toEqual(Object.keys(kinds));
  expect(new Set(examples[0]!.map((line) => line.event))).toEqual(new Set(Object.keys(kinds)));
});

test("what a kind is said to add is what its examples have", () => {
  for (const line of examples[0]!) {
    const row = new RegExp(`^\\| \`${String(line.event)}\` +\\|.*$`, "m").exec(page)![0];
    const common = ["time", "event", "name", "urn", "region", "owner", "runId"];
    for (const key of Object.keys(line).filter((one) => !common.includes(one))) {
      expect(row).toContain(`\`${key}\``);
    }
  }
});

test("the debug log's example is a request and its answer", () => {
  expect(examples[1]!.map((line) => line.kind)).toEqual(["request", "answer"]);
});
