import { load, runProgram, type Ran } from "./support/mocks.js";

// The first load of the SDK takes its time.
jest.setTimeout(60_000);

let ran: Ran<unknown>;
beforeAll(async () => {
  ran = await runProgram(load("fleet"));
});

test("saves the command before it runs it", () => {
  expect(ran.names).toEqual(["configure", "roll-out"]);
  expect(ran.named("configure").inputs).toMatchObject({ name: "configure-agents" });
});

test("wants exactly 120 machines, and says so before it calls anything", () => {
  expect(ran.named("roll-out")).toMatchObject({
    type: "pulumi-nodejs:dynamic/cloud-assistant:CommandInvocation",
    inputs: {
      command: { commandId: "configure-id" },
      targets: { tags: { role: "fleet" }, expect: { min: 120, max: 120 } },
    },
  });
});
