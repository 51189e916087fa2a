import { type Case, refusals } from "./support/inputs.js";

const cases: readonly Case[] = [
  [
    "names of the API at the top",
    {
      instanceId: ["i-a1"],
      content: "uptime",
      user: "deploy",
      repeatMode: "Period",
      frequency: "rate(5m)",
    },
    [
      'instanceId: is not a known input. Given: ["i-a1"]. Allowed: the inputs of this resource, in their exact spelling. What to do: write targets.instanceIds.',
      'content: is not a known input. Given: "uptime". Allowed: the inputs of this resource, in their exact spelling. What to do: write script.content.',
      'user: is not a known input. Given: "deploy". Allowed: the inputs of this resource, in their exact spelling. What to do: write username.',
      'repeatMode: is not a known input. Given: "Period". Allowed: the inputs of this resource, in their exact spelling. What to do: write schedule, or leave it out to run now, once.',
      'frequency: is not a known input. Given: "rate(5m)". Allowed: the inputs of this resource, in their exact spelling. What to do: write schedule, with cron, rate or at.',
    ],
  ],
  [
    "a slip of the hand",
    { workingdir: "/srv", time0ut: 60, usernme: "x" },
    [
      'workingdir: is not a known input. Given: "/srv". Allowed: the inputs of this resource, in their exact spelling. What to do: write workingDir.',
      "time0ut: is not a known input. Given: 60. Allowed: the inputs of this resource, in their exact spelling. What to do: write timeout.",
      'usernme: is not a known input. Given: "x". Allowed: the inputs of this resource, in their exact spelling. What to do: write username.',
    ],
  ],
  [
    "a name of no meaning",
    { colour: "blue" },
    [
      'colour: is not a known input. Given: "blue". Allowed: command, commandId, script, enableParameter, parameters, targets, schedule, username, windowsPasswordName, workingDir, launcher, timeout, container, terminationMode, ossOutputDelivery, triggers, tags, successExitCodes, rollout, retry, readiness, wait, quota, output, connection, adoptInvocationIds, ownership. What to do: take it out.',
    ],
  ],
  [
    "settings of operators",
    { endpoint: "http://127.0.0.1", maxTargets: 5 },
    [
      'endpoint: is not a known input. Given: "http://127.0.0.1". Allowed: the inputs of this resource, in their exact spelling. What to do: take it out; operators set it in the configuration.',
      "maxTargets: is not a known input. Given: 5. Allowed: the inputs of this resource, in their exact spelling. What to do: take it out; operators set it in the configuration.",
    ],
  ],
  [
    "keys at the top, whose values are not printed",
    { accessKeyId: "LTAI5tVerySecret", secretKey: "hidden" },
    [
      "accessKeyId: is not a known input. Given: [secret]. Allowed: the inputs of this resource, in their exact spelling. What to do: take it out; keys belong into the environment or behind pulumi config set --secret.",
      "secretKey: is not a known input. Given: [secret]. Allowed: the inputs of this resource, in their exact spelling. What to do: take it out; keys belong into the environment or behind pulumi config set --secret.",
    ],
  ],
];

describe("Names that are not inputs", () => {
  test.each(cases)(
    "%s: refused with its path and four parts",
    (...[, change, messages, context]: Case) => {
      expect(refusals(change, context)).toEqual(messages);
    },
  );
});
