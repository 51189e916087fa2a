/** What a user reads when the service refuses a call in mid-way, and what the next up makes of it. */
import type { Emulator } from "cloud-assistant-emulator";
import { newProcess, startVirtual, up } from "../../support/lifecycle.js";
import {
  armedMembers,
  changes,
  expectNeverTwoAtOnce,
  fleet,
  idOf,
  living,
  often,
  script,
  web,
} from "./support/schedules.js";

let emulator: Emulator;
afterEach(() => emulator.close());

const env = { CLOUD_ASSISTANT_MAX_INSTANCES_PER_CALL: "2" };
const base = { script, targets: web, schedule: often };
const elsewhere = { ...base, workingDir: "/srv" };

test.each([
  ["StopInvocation", 0, "3 of 3 armed"],
  ["RunCommand", 1, "2 of 3 armed, 1 failed"],
  ["TagResources", 0, "3 of 3 armed"],
])(
  "%s that is refused in a renewal is named with what stands, and the next up goes on",
  async (action, after, counts) => {
    emulator = await startVirtual({ instances: fleet(3) });
    const first = await up(emulator, undefined, base, { env });
    const id = emulator.faults.add({
      match: { action, after },
      effect: { kind: "error", status: 403, code: "Forbidden.RAM", message: "not for you" },
    });
    const second = await up(emulator, first.kept, elsewhere, { env });
    const [headline, refusal] = second.failure!.message.split("\n");
    expect(headline).toBe(
      `The service refused a call, and not all is as asked for: ${counts}. Mend what the refusal ` +
        "names; the next `pulumi up` goes on with what is not done.",
    );
    expect(refusal).toMatch(
      new RegExp(`^${action} was refused: Forbidden\\.RAM: not for you \\(RequestId [0-9A-F-]+\\)`),
    );
    emulator.faults.remove(id);
    const third = await up(emulator, second.kept, elsewhere, { env });
    expect(third.failure).toBeUndefined();
    expect(armedMembers(emulator)).toEqual([1, 2, 3].map(idOf));
    expectNeverTwoAtOnce(emulator);
    expect((await up(emulator, third.kept, elsewhere, { env })).operation).toBe("same");
  },
);

test("a first change that is refused is a plain error, and nothing has changed", async () => {
  emulator = await startVirtual({ instances: fleet(3) });
  const first = await up(emulator, undefined, base, { env });
  emulator.faults.add({
    match: { action: "ModifyInvocationAttribute" },
    effect: { kind: "error", status: 403, code: "Forbidden.RAM", message: "not for you" },
  });
  const other = { ...base, schedule: { ...often, cron: "0 0 5 * * ?" } };
  const second = await up(emulator, first.kept, other, { env });
  expect(second.failure?.message).toMatch(/^ModifyInvocationAttribute was refused: Forbidden\.RAM/);
  expect(second.kept).toEqual(first.kept);
  expect(living(emulator).map((one) => one.frequency)).toEqual([
    `${often.cron} UTC`,
    `${often.cron} UTC`,
  ]);
});

test("a change that cannot be read back is made all the same", async () => {
  emulator = await startVirtual({ instances: fleet(3) });
  const first = await up(emulator, undefined, base, { env });
  emulator.requests.clear();
  const other = { ...base, schedule: { ...often, cron: "0 0 5 * * ?" } };
  const process = newProcess(emulator, {
    env,
    around: (raw) => async (action, request) => {
      const answer = await raw(action, request);
      if (action === "ModifyInvocationAttribute") {
        emulator.faults.clear();
        emulator.faults.add({
          match: { action: "DescribeInvocations" },
          effect: { kind: "error", status: 403, code: "Forbidden.RAM" },
        });
      }
      return answer;
    },
  });
  const second = await up(emulator, first.kept, other, { process });
  expect(emulator.faults.list()[0]!.hits).toBe(1);
  emulator.faults.clear();
  expect(second.failure).toBeUndefined();
  expect(changes(emulator)).toEqual([
    "ModifyInvocationAttribute",
    "ModifyInvocationAttribute",
    "TagResources",
  ]);
  expect((await up(emulator, second.kept, other, { env })).operation).toBe("same");
  expect(living(emulator).map((one) => one.frequency)).toEqual([
    "0 0 5 * * ? UTC",
    "0 0 5 * * ? UTC",
  ]);
});
