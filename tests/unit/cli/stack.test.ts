import type { PulumiEnd } from "../../../provider/src/cli/pulumi.js";
import { saidByPulumi } from "../../../provider/src/cli/pulumi.js";
import { exportStack, hiddenSecret, hidesSecret } from "../../../provider/src/cli/stack.js";
import { readStackConfig } from "../../../provider/src/cli/stack-config.js";
import { secretSignature, signatureKey } from "../../../provider/src/secret-mark.js";

const ended = (stdout: string, code = 0, stderr = ""): PulumiEnd => ({
  kind: "ended",
  code,
  stdout,
  stderr,
});
const options = { cwd: "/project", stack: undefined, showSecrets: false };
const urn = (name: string): string => `urn:pulumi:dev::shop::type::${name}`;

function exporting(deployment: object): ReturnType<typeof exportStack> {
  return exportStack(() => Promise.resolve(ended(JSON.stringify({ deployment }))), options);
}

test("a state is its resources, those to be deleted left out, those being created added", async () => {
  const state = await exporting({
    resources: [
      { urn: urn("a"), type: "type", id: "1", outputs: { x: 1 } },
      { urn: urn("gone"), type: "type", id: "2", delete: true },
    ],
    pending_operations: [
      { type: "creating", resource: { urn: urn("new"), type: "type", inputs: { y: 2 } } },
      { type: "creating", resource: { urn: urn("a"), type: "type" } },
      { type: "updating", resource: { urn: urn("other"), type: "type" } },
    ],
  });
  expect(state).toEqual({
    stack: "dev",
    project: "shop",
    resources: [
      { urn: urn("a"), type: "type", id: "1", inputs: {}, outputs: { x: 1 }, creating: false },
      { urn: urn("new"), type: "type", id: "", inputs: { y: 2 }, outputs: {}, creating: true },
    ],
  });
});

test("an empty stack has nothing", async () => {
  expect(await exporting({})).toEqual({ stack: "", project: "", resources: [] });
});

test("a secret is its value where that is told, and a mark where it is not", async () => {
  const secret = (rest: object): object => ({ [signatureKey]: secretSignature, ...rest });
  const state = await exporting({
    resources: [
      {
        urn: urn("a"),
        outputs: {
          told: secret({ plaintext: JSON.stringify({ deep: [secret({ plaintext: '"v"' })] }) }),
          untold: [secret({ ciphertext: "v1:x" })],
        },
      },
    ],
  });
  const { told, untold } = state.resources[0]!.outputs;
  expect(told).toEqual({ deep: ["v"] });
  expect(untold).toEqual([hiddenSecret]);
  expect([hidesSecret(told), hidesSecret(untold), hidesSecret(null)]).toEqual([false, true, false]);
});

test("a stack is named to Pulumi, and secrets are asked for, only when wanted", async () => {
  const asked: string[][] = [];
  await exportStack(
    (args) => {
      asked.push([...args]);
      return Promise.resolve(ended("{}"));
    },
    { ...options, stack: "prod", showSecrets: true },
  );
  expect(asked).toEqual([["stack", "export", "--stack", "prod", "--show-secrets"]]);
});

test.each([
  [{ kind: "missing", reason: "pulumi: spawn pulumi ENOENT" } as const, "spawn pulumi ENOENT"],
  [ended("", 255, "\nerror: no stack selected\nmore\n"), "no stack selected. Given"],
  [ended("no JSON"), "its answer is not a stack's state"],
])("what cannot be read is one error with Pulumi's reason: %#", async (end, said) => {
  const reading = exportStack(() => Promise.resolve(end), options);
  await expect(reading).rejects.toMatchObject({
    code: "StackUnreadable",
    message: expect.stringContaining(said),
  });
});

test("what Pulumi said is its first line, or its exit code", () => {
  expect(saidByPulumi(ended("", 1, "error: a\nb\n"))).toBe("a");
  expect(saidByPulumi(ended("", 7))).toBe("it ended with exit code 7");
});

describe("a stack's configuration", () => {
  const shown = JSON.stringify({
    "alicloud:region": { value: "cn-beijing" },
    "a:b": { secret: true },
  });

  test("is read with its secrets", async () => {
    const { read, problem } = await readStackConfig(
      () => Promise.resolve(ended(shown)),
      "/",
      "dev",
    );
    expect([read("alicloud:region"), read("a:b"), read("none"), problem]).toEqual([
      "cn-beijing",
      undefined,
      undefined,
      undefined,
    ]);
  });

  test("is read without them where they are locked, and says so", async () => {
    const { read, problem } = await readStackConfig(
      (args) =>
        Promise.resolve(
          args.includes("--show-secrets")
            ? ended("", 255, "error: passphrase must be set")
            : ended(shown),
        ),
      "/",
      undefined,
    );
    expect(read("alicloud:region")).toBe("cn-beijing");
    expect(problem).toBe("its secret values could not be read: passphrase must be set");
  });

  test("is empty where Pulumi is not there, and says so", async () => {
    const missing = { kind: "missing", reason: "pulumi: not found" } as const;
    const { read, problem } = await readStackConfig(() => Promise.resolve(missing), "/", undefined);
    expect(read("alicloud:region")).toBeUndefined();
    expect(problem).toBe("it could not be read: pulumi: not found");
  });
});
