import * as fc from "fast-check";
import { containsUnknown, isUnknown, unknown } from "../../../provider/src/unknown.js";
import { base, check, refusals } from "./support/inputs.js";

const full = {
  ...base,
  script: { content: "echo {{a}} {{b}}\n", type: "RunShellScript" },
  enableParameter: true,
  parameters: { a: "1", b: "" },
  targets: {
    instanceIds: ["i-a1", "mi-b2"],
    names: ["web-*", "db"],
    tags: { env: "prod", role: "" },
    resourceGroupId: "rg-a1",
    clientStatus: "online",
    exclude: { instanceIds: ["i-c3"], tags: { keep: "out" } },
    membership: "track",
    expect: { min: 1, max: 9 },
  },
  username: "deploy",
  workingDir: "/srv",
  launcher: "python3",
  container: { id: "a".repeat(64), name: "web" },
  triggers: ["v1", { build: 7 }],
  timeout: 60,
  terminationMode: "Process",
  ossOutputDelivery: "oss://logs/runs",
  tags: { team: "web" },
  successExitCodes: [0, 2],
  rollout: { batchSize: 2, canary: { size: 1, soak: 5 }, maxFailures: "5%" },
  readiness: { wait: 10, start: true, install: "with-reboot", maxUnready: 1 },
  retry: { attempts: 2, exitCodes: [1], errorCodes: ["ClientNotResponse"], onNextUp: true },
  wait: { for: "completion", timeout: 90 },
  quota: { onExceed: "fail" },
  output: { capture: "all", maxBytesPerTarget: 10, secret: false },
  connection: {
    region: "cn-hangzhou",
    accountId: "1",
    profile: "p",
    assumeRole: { roleArn: "acs:ram::1:role/x", sessionName: "up", externalId: "ex" },
  },
  adoptInvocationIds: ["t-hz01"],
  ownership: "tags",
};

const windows = {
  ...full,
  script: { content: "ver", type: "RunBatScript" },
  enableParameter: false,
  parameters: {},
  container: undefined,
  windowsPasswordName: "pw",
  successExitCodes: [0, 3010],
};

const scheduled = {
  ...full,
  triggers: undefined,
  rollout: undefined,
  adoptInvocationIds: undefined,
  wait: { for: "acceptance", timeout: 90 },
  schedule: { cron: "0 0 2 * * ?", timezone: "Asia/Shanghai", suspend: false },
};

type Place = readonly (string | number)[];

/** Every place of a value: the value itself, and all below it. */
function placesOf(value: unknown, at: Place = []): readonly Place[] {
  if (typeof value !== "object" || value === null) return [at];
  return [at, ...Object.entries(value).flatMap(([key, item]) => placesOf(item, [...at, key]))];
}

function replaced(value: any, place: Place): unknown {
  const [key, ...rest] = place;
  if (key === undefined) return unknown;
  const copy = Array.isArray(value) ? [...value] : { ...value };
  copy[key] = replaced(copy[key], rest);
  return copy;
}

describe("What is not known yet", () => {
  const kinds = [full, windows, scheduled];

  test.each(kinds)("good inputs stay good when any one value is unknown", (inputs) => {
    expect(refusals(inputs)).toEqual([]);
    for (const place of placesOf(inputs).slice(1)) {
      expect([place, refusals(replaced(inputs, place) as typeof base)]).toEqual([place, []]);
    }
  });

  test("good inputs stay good when any values are unknown, and these come out as they went in", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...kinds).chain((inputs) => {
          const places = placesOf(inputs).slice(1);
          return fc.tuple(fc.constant(inputs), fc.subarray([...places]));
        }),
        ([inputs, places]) => {
          // Deepest first: a place below one that is unknown is no place any more.
          const order = [...places].sort((a, b) => b.length - a.length);
          const raw = order.reduce<unknown>(replaced, inputs) as Record<string, unknown>;
          const result = check(raw);
          expect(result.problems).toEqual([]);
          expect(containsUnknown(result.inputs)).toBe(places.length > 0 && containsUnknown(raw));
        },
      ),
    );
  });

  test("is not judged, but what is known beside it is", () => {
    const found = refusals({
      script: { content: unknown, type: "bash" },
      parameters: { "a b": unknown },
      targets: {
        instanceIds: [unknown, "", unknown],
        tags: unknown,
        expect: { min: unknown, max: 0 },
      },
      tags: { "": unknown },
      timeout: unknown,
      wait: unknown,
    });
    expect(found.map((line) => line.slice(0, line.indexOf(": ")))).toEqual([
      "script.type",
      "targets.instanceIds[1]",
      "targets.expect.max",
      'parameters["a b"]',
      'tags[""]',
    ]);
  });

  test("may be the command, its content, or whether it takes parameters", () => {
    const parameters = { name: "x" };
    expect(refusals({ script: undefined, commandId: unknown, parameters })).toEqual([]);
    expect(refusals({ script: unknown, parameters })).toEqual([]);
    expect(refusals({ script: { content: unknown }, parameters })).toEqual([]);
    expect(
      refusals({
        script: { content: "{{a}}{{.b}}" },
        enableParameter: unknown,
        parameters: unknown,
      }),
    ).toEqual([]);
  });

  test("is recognised at any depth", () => {
    expect(isUnknown(unknown)).toBe(true);
    expect(isUnknown("unknown")).toBe(false);
    expect(containsUnknown({ a: [1, { b: unknown }] })).toBe(true);
    expect(containsUnknown({ a: [1, { b: null }], c: undefined })).toBe(false);
  });
});
