/** The preview's plan, as the real engine shows it, against the request log of the up behind it. */
import { startEmulator, type Emulator } from "cloud-assistant-emulator";
import { engineTimeoutMs, mustPass, newProject, newStack, type Stack } from "../support/stack.js";

jest.setTimeout(engineTimeoutMs);

type Plan = { readonly action: string; readonly calls: readonly string[] };

let emulator: Emulator;
let stack: Stack;
beforeAll(async () => {
  emulator = await startEmulator({
    backend: "sim",
    sim: { afterMs: 50 },
    instances: [1, 2, 3, 4, 5].map((n) => ({
      instanceId: `i-0${n}`,
      behaviour: {
        rules:
          n === 5
            ? [{ attempt: 1, outcome: { kind: "finish" as const, exitCode: 3, output: "no\n" } }]
            : [],
      },
    })),
  });
  stack = await newStack(newProject(program("one", [1, 2, 3])), emulator, {
    CLOUD_ASSISTANT_MAX_INSTANCES_PER_CALL: "2",
  });
});
afterAll(() => emulator.close());

function program(text: string, ids: readonly number[]): string {
  return `
import { CommandInvocation } from "pulumi-cloud-assistant";
new CommandInvocation("run", {
  script: { content: "echo ${text}\\n" },
  targets: { instanceIds: ${JSON.stringify(ids.map((n) => `i-0${n}`))} },
});
`;
}

const cases: [name: string, text: string, ids: number[], action: string, calls: string[][]][] = [
  ["a first run", "one", [1, 2, 3], "run", [["i-01", "i-02"], ["i-03"]]],
  ["nothing to do", "one", [1, 2, 3], "nothing", []],
  ["members that come and go", "one", [2, 3, 4], "run", [["i-04"]]],
  [
    "a new run, of which one fails",
    "two",
    [2, 3, 4, 5],
    "run",
    [
      ["i-02", "i-03"],
      ["i-04", "i-05"],
    ],
  ],
  ["a retry of the failed one", "two", [2, 3, 4, 5], "nothing", [["i-05"]]],
];

test.each(cases)("%s: the plan equals the request log", async (_name, text, ids, action, calls) => {
  stack.write("index.ts", program(text, ids));
  const preview = await mustPass(stack.cli("preview", "--json"));
  const steps = (JSON.parse(preview.stdout) as { steps: readonly Step[] }).steps;
  const step = steps.find((one) => one.urn.endsWith("::run"));
  if (calls.length === 0) {
    // A step without a change is not among them.
    expect(step).toBeUndefined();
  } else {
    expect(["create", "update"]).toContain(step!.op);
    const plan = step!.newState!.inputs!.plan!;
    expect(plan.action).toBe(action);
    // What only the ledger knows is announced by diff, in a printed line.
    if (action === "run") expect(plan.calls.map(idsOf)).toEqual(calls);
    else expect(preview.output).toContain(`runs again: ${calls.flat().join(", ")}`);
  }
  emulator.requests.clear();
  await stack.up();
  const made = emulator.requests.list({ action: "RunCommand" }).map((one) =>
    Object.keys(one.params)
      .filter((key) => key.startsWith("InstanceId."))
      .map((key) => one.params[key]),
  );
  expect(made).toEqual(calls);
});

type Step = {
  readonly op: string;
  readonly urn: string;
  readonly newState?: { readonly inputs?: { readonly plan?: Plan } };
};

function idsOf(call: string): string[] {
  return call.replace(/^\d+c?: /, "").split(" ");
}
