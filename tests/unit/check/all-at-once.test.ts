import { refusals } from "./support/inputs.js";

test("several wrong inputs give all messages at once, in the order of the program", () => {
  const found = refusals({
    script: { content: "{{dir}}/cache {{.Names}}\n", typ: "RunShellScript" },
    targets: {
      instanceIds: ["i-a1", "i-b2, i-c3", " i-d4", "i-a1", ""],
      expect: { min: 2, max: 1 },
    },
    timeout: 5,
    username: "two words",
    tags: { "pulumi-cloud-assistant:owner": "me" },
    rollout: { batchSize: "0%", canary: { size: 0 } },
    instanceId: "i-a1",
  });
  expect(found.map((line) => line.slice(0, line.indexOf(": ")))).toEqual([
    "script.typ",
    "script.content",
    "targets.instanceIds[1]",
    "targets.instanceIds[2]",
    "targets.instanceIds[3]",
    "targets.instanceIds[4]",
    "targets.expect.min",
    "timeout",
    "username",
    'tags["pulumi-cloud-assistant:owner"]',
    "rollout.batchSize",
    "rollout.canary.size",
    "instanceId",
    "parameters.dir",
  ]);
});
