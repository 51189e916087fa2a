import type * as example from "../../examples/alicloud-stack/index.js";
import { load, runProgram, valueOf, type Ran } from "./support/mocks.js";

// The SDK of all of Alibaba Cloud takes its time to load.
jest.setTimeout(120_000);

let ran: Ran<unknown>;
beforeAll(async () => {
  ran = await runProgram(load("alicloud-stack"));
});

test("makes network and machines with @pulumi/alicloud", () => {
  const types = ran.names.map((name) => ran.named(name).type);
  expect(types).toEqual([
    "alicloud:vpc/network:Network",
    "alicloud:ecs/securityGroup:SecurityGroup",
    "alicloud:vpc/switch:Switch",
    "alicloud:ecs/instance:Instance",
    "alicloud:ecs/instance:Instance",
    "pulumi-nodejs:dynamic/cloud-assistant:CommandInvocation",
  ]);
});

test("hands the machines' ids to the command as outputs, once they are made", async () => {
  const { instanceIds } = ran.exports as typeof example;
  expect(await valueOf(instanceIds[0]!)).toBe("web-1-id");
  expect(ran.named("install-nginx").inputs).toMatchObject({
    script: { content: "dnf install -y nginx && systemctl enable --now nginx\n" },
    targets: { instanceIds: ["web-1-id", "web-2-id"] },
    timeout: 300,
  });
});
