import { readFileSync } from "node:fs";
import path from "node:path";
import { load, runProgram, type Ran } from "./support/mocks.js";

// The first load of the SDK takes its time.
jest.setTimeout(60_000);

let ran: Ran<unknown>;
beforeAll(async () => {
  ran = await runProgram(load("quickstart"));
});

test("saves the command, with its parameter as a placeholder", () => {
  expect(ran.named("greet")).toMatchObject({
    type: "pulumi-nodejs:dynamic/cloud-assistant:Command",
    inputs: {
      name: "greet",
      content: 'echo "Hello {{who}}, this is $(hostname)."\n',
      resourceUrn:
        "urn:pulumi:stack::project::pulumi-nodejs:dynamic/cloud-assistant:Command::greet",
    },
  });
});

test("runs it on every machine with the tag, which must be three", () => {
  expect(ran.names).toEqual(["greet", "greeting"]);
  expect(ran.named("greeting")).toMatchObject({
    type: "pulumi-nodejs:dynamic/cloud-assistant:CommandInvocation",
    inputs: {
      command: { commandId: "greet-id", name: "greet", type: "RunShellScript", timeout: 60 },
      parameters: { who: "world" },
      targets: { tags: { role: "web" }, expect: { min: 3, max: 3 } },
      organization: "organization",
      secretInputs: [],
    },
  });
});

test("a later run is another input only: nothing of the program's own is left out", () => {
  const { __provider, resourceUrn, organization, secretInputs, ...written } =
    ran.named("greeting").inputs;
  expect(__provider).toContain('require("pulumi-cloud-assistant/runtime")');
  expect(Object.keys(written).sort()).toEqual(["command", "parameters", "targets"]);
});

test("is at most 25 lines", () => {
  const file = path.join(__dirname, "../../examples/quickstart/index.ts");
  expect(readFileSync(file, "utf8").trimEnd().split("\n").length).toBeLessThanOrEqual(25);
});
