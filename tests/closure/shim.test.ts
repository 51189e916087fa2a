import { compileFunction } from "node:vm";
import * as pulumi from "@pulumi/pulumi";
// The built package, as a program gets it: what is captured is what ships.
import { commandByName, invocationByName } from "../../provider/dist/resources/by-name.js";

const largest = 2_200;

describe.each([
  ["CommandInvocation", invocationByName],
  ["Command", commandByName],
])("the captured provider of %s", (_name, provider) => {
  const text = async (): Promise<string> =>
    (await pulumi.runtime.serializeFunction(() => provider)).text;

  test("loads the runtime by its package's name, and nothing else", async () => {
    const required = [...(await text()).matchAll(/require\(([^)]*)\)/g)].map((match) => match[1]);
    expect(required).toHaveLength(7);
    expect(new Set(required)).toEqual(new Set(['"pulumi-cloud-assistant/runtime"']));
  });

  test(`is at most ${largest} bytes`, async () => {
    expect(Buffer.byteLength(await text())).toBeLessThanOrEqual(largest);
  });

  test("revives and answers every method of the protocol", async () => {
    const module = { exports: {} as { handler?: () => Record<string, unknown> } };
    compileFunction(await text(), ["exports", "require"])(module.exports, require);
    const revived = module.exports.handler!();
    expect(Object.keys(revived).sort()).toEqual(
      ["check", "configure", "create", "delete", "diff", "read", "update"].sort(),
    );
    for (const method of Object.values(revived)) expect(typeof method).toBe("function");
  });
});
