import * as pulumi from "@pulumi/pulumi";
import { Command, CommandInvocation } from "pulumi-cloud-assistant";
import { runProgram, type Ran } from "./support/mocks.js";

// The first load of the SDK takes its time.
jest.setTimeout(60_000);

let ran: Ran<void>;
beforeAll(async () => {
  ran = await runProgram(() => {
    const token = pulumi.secret("c4nary");
    const login = new Command("login", { name: "login", content: "login {{token}} {{user}}" });
    new CommandInvocation("run", {
      command: login,
      parameters: { token, user: pulumi.output("ann") },
      targets: { instanceIds: ["i-1", token] },
    });
    new CommandInvocation("script", {
      script: { content: pulumi.interpolate`login ${token}` },
      triggers: [1, { inner: token }],
      targets: { instanceIds: ["i-1"] },
    });
    new CommandInvocation("open", {
      script: { content: "true" },
      targets: { instanceIds: ["i-1"] },
    });
  });
});

test("each input that is secret is written down by its path, and no other", () => {
  expect(ran.named("run").inputs.secretInputs).toEqual([
    "parameters.token",
    "targets.instanceIds[1]",
  ]);
  expect(ran.named("script").inputs.secretInputs).toEqual(["script.content", "triggers[1].inner"]);
  expect(ran.named("open").inputs.secretInputs).toEqual([]);
  expect(ran.named("login").inputs.secretInputs).toEqual([]);
});

test("the list of paths is no secret itself", () => {
  expect(JSON.stringify(ran.named("run").inputs.secretInputs)).not.toContain("c4nary");
});
