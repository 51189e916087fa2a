import { load, runProgram, unknown, type Ran } from "./support/mocks.js";

// The SDK of all of Alibaba Cloud takes its time to load.
jest.setTimeout(120_000);

let ran: Ran<unknown>;
beforeAll(async () => {
  ran = await runProgram(load("alicloud-stack"), { preview: true });
});

test("in the first preview the machines' ids are unknown, and all else is known", () => {
  const { script, targets, timeout, resourceUrn, secretInputs } = ran.named("install-nginx").inputs;
  expect(targets).toMatchObject({ instanceIds: [unknown, unknown] });
  expect(script).toEqual({ content: expect.stringContaining("nginx") });
  expect(timeout).toBe(300);
  expect(resourceUrn).toMatch(/::install-nginx$/);
  expect(secretInputs).toEqual([]);
});
