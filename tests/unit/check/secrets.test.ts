import { check, refusals } from "./support/inputs.js";

const canary = "c4n4ry-9f2";

/** Inputs that are wrong wherever they can be, with a canary in each. */
const wrong = {
  script: { content: `echo {{.${canary}}} {{ok}}\ufffd\0`, type: canary },
  parameters: { ok: [canary], other: `${canary}\0` },
  targets: {
    instanceIds: [canary, ` ${canary}`, `${canary}, ${canary}`],
    names: [`*${canary}`],
    tags: { env: `http://${canary}` },
    membership: canary,
  },
  username: ` ${canary}`,
  windowsPasswordName: ` ${canary}`,
  workingDir: canary.repeat(30),
  launcher: canary.repeat(200),
  container: { id: canary, name: `/${canary}` },
  timeout: canary,
  terminationMode: canary,
  ossOutputDelivery: canary,
  tags: { a: `http://${canary}` },
  successExitCodes: [canary, canary],
  rollout: { batchSize: canary, maxFailures: `${canary}%` },
  retry: { attempts: canary },
  readiness: { wait: canary },
  wait: { for: canary },
  quota: { onExceed: canary },
  output: { capture: canary },
  connection: { region: canary, accessKey: canary, endpoint: canary },
  adoptInvocationIds: [canary],
  ownership: canary,
  accessKeySecret: canary,
};

describe("Secret values", () => {
  const secretInputs = Object.keys(wrong);

  test("are in no message when the whole input is secret", () => {
    const { problems, warnings } = check({ ...wrong, secretInputs });
    expect(problems.length).toBeGreaterThan(30);
    expect(JSON.stringify([problems, warnings])).not.toContain(canary);
  });

  test("are shown when nothing says that they are secret, so that the test above can fail", () => {
    expect(JSON.stringify(check(wrong).problems)).toContain(canary);
  });

  test("are masked by the context's paths as well, and below them", () => {
    expect(refusals({ timeout: canary }, { secretPaths: ["timeout"] })).toEqual([
      "timeout: is not a number. Given: [secret]. Allowed: a whole number of seconds, 10 or more. " +
        "What to do: write a whole number of seconds, 10 or more, without quotes.",
    ]);
  });

  test("are masked inside a larger value that is shown", () => {
    const found = refusals({
      targets: { exclude: { tags: { a: canary, b: "seen" } } },
      secretInputs: ["targets.exclude.tags.a"],
    });
    expect(found).toEqual([
      'targets: selects no machine. Given: { "exclude": { "tags": { "a": [secret], "b": "seen" } } }. ' +
        "Allowed: instanceIds, names, tags or resourceGroupId. " +
        "What to do: write one of these; nothing stands for every machine.",
    ]);
  });

  test("are not mixed up with paths that only begin alike", () => {
    expect(refusals({ timeout: "x", secretInputs: ["time"] })[0]).toContain('Given: "x"');
  });
});

test("A path that was written down without quotes around an odd key masks all the same", () => {
  const change = { tags: { "cost centre": `http://${canary}` } };
  for (const path of ['tags["cost centre"]', "tags.cost centre", "tags"]) {
    expect(refusals({ ...change, secretInputs: [path] }).join()).not.toContain(canary);
  }
  expect(refusals({ ...change, secretInputs: ["tags.cost"] }).join()).toContain(canary);
});
