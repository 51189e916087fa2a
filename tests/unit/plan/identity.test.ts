import { createHash } from "node:crypto";
import type { CommandInvocationInputs } from "../../../provider/src/inputs.js";
import { isWithin } from "../../../provider/src/paths.js";
import type { Hash } from "../../../provider/src/plan/hash.js";
import {
  clientTokenOf,
  firstRunId,
  inputHashOf,
  nextRunId,
  ownerOf,
} from "../../../provider/src/plan/identity.js";

const scrypted: string[] = [];
const hash: Hash = {
  sha256: (text) => createHash("sha256").update(text).digest("hex"),
  scrypt: (secret, salt) => {
    scrypted.push(secret);
    return Promise.resolve(createHash("sha256").update(`${salt}/${secret}`).digest("hex"));
  },
};
const inputs: CommandInvocationInputs = {
  script: { content: "echo {{a}}" },
  parameters: { a: "1", b: "2" },
  targets: { instanceIds: ["i-1"] },
  resourceUrn: "urn:pulumi:s::p::t::n",
};
const command = { contentHash: "c0ffee", type: "RunShellScript" as const };
const hashed = (change: Partial<CommandInvocationInputs>): Promise<string> =>
  inputHashOf({ ...inputs, ...change }, command, "owner", hash);

test("an owner differs by account, organization, salt and URN", () => {
  const base = { accountId: "1", organization: "o", salt: "", urn: "u" };
  const owners = [
    base,
    { ...base, accountId: "2" },
    { ...base, organization: "p" },
    { ...base, salt: "s" },
    { ...base, urn: "v" },
  ].map((identity) => ownerOf(identity, hash));
  expect(new Set(owners).size).toBe(5);
  expect(ownerOf(base, hash)).toBe(owners[0]);
});

test("the input hash covers what a run does to a member", async () => {
  const base = await hashed({});
  expect(await hashed({ parameters: { b: "2", a: "1" } })).toBe(base);
  for (const change of [
    { parameters: { a: "1", b: "3" } },
    { username: "app" },
    { workingDir: "/srv" },
    { launcher: "bash" },
    { container: { name: "web" } },
    { triggers: ["x"] },
    { enableParameter: true },
    { windowsPasswordName: "p" },
  ]) {
    expect(await hashed(change)).not.toBe(base);
  }
});

test("the input hash leaves out targets and what is only saved", async () => {
  const base = await hashed({});
  for (const change of [
    { targets: { instanceIds: ["i-2"] } },
    { timeout: 99 },
    { tags: { a: "b" } },
    { wait: { timeout: 5 } },
    { output: { capture: "none" as const } },
  ]) {
    expect(await hashed(change)).toBe(base);
  }
});

test("root is no name, as the service has it", async () => {
  expect(await hashed({ username: "root" })).toBe(await hashed({}));
});

test("secret values enter the hash by scrypt, others do not", async () => {
  scrypted.length = 0;
  const secret = await hashed({ secretInputs: ["parameters.a"] });
  expect(scrypted).toEqual(['"1"']);
  expect(secret).not.toBe(await hashed({}));
});

test("a path is under a secret path only at a border of names", () => {
  expect(isWithin("parameters.token", "parameters")).toBe(true);
  expect(isWithin("parameters.token", "parameters.token")).toBe(true);
  expect(isWithin("parameters.token2", "parameters.token")).toBe(false);
  expect(isWithin("list[0]", "list")).toBe(true);
});

test("run ids chain: the same history gives the same id, another one another", () => {
  const first = firstRunId("o", "h", hash);
  expect(nextRunId(first, "h2", hash)).toBe(nextRunId(first, "h2", hash));
  expect(nextRunId(nextRunId(first, "h2", hash), "h", hash)).not.toBe(first);
});

test("a token says run, members and attempts, whatever the order, in 64 characters", () => {
  const a = { instanceId: "i-1", attempt: 1 };
  const b = { instanceId: "i-2", attempt: 1 };
  const token = clientTokenOf("r", [a, b], hash);
  expect(token).toMatch(/^[0-9a-f]{64}$/);
  expect(clientTokenOf("r", [b, a], hash)).toBe(token);
  expect(clientTokenOf("r", [a, { ...b, attempt: 2 }], hash)).not.toBe(token);
  expect(clientTokenOf("r2", [a, b], hash)).not.toBe(token);
  expect(clientTokenOf("r", [a], hash)).not.toBe(token);
});

test.each([["script"], ["script.content"]])(
  "a secret %s enters the input hash by scrypt, salted with the owner",
  async (path) => {
    const plain = await hashed({});
    scrypted.length = 0;
    const veiled = await hashed({ secretInputs: [path] });
    expect(scrypted).toEqual([command.contentHash]);
    expect(veiled).not.toBe(plain);
    const elsewhere = { ...inputs, secretInputs: [path] };
    expect(await inputHashOf(elsewhere, command, "another owner", hash)).not.toBe(veiled);
  },
);

test("a secret content of a saved command enters the input hash by scrypt", async () => {
  scrypted.length = 0;
  await hashed({ secretInputs: ["command.contentHash"] });
  expect(scrypted).toEqual([command.contentHash]);
});

test("a script of which only the type is secret keeps its hash", async () => {
  expect(await hashed({ secretInputs: ["script.type"] })).toBe(await hashed({}));
});
