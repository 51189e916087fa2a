import path from "node:path";

import { ENGINE_WAYS, type EngineWay, type WayResult } from "../../../engine/src/engine.js";
import { tryWays, type Ways } from "../../../engine/src/ensure-engine.js";
import { whyGoWillNotDo } from "../../../engine/src/go-toolchain.js";
import { engineSettings } from "../../../engine/src/settings.js";
import { isNewEnough } from "../../../engine/src/ways/path.js";

/** Ways of which only one has an engine, and the list of those that were asked. */
function waysWith(good: EngineWay | undefined): { ways: Ways; asked: EngineWay[] } {
  const asked: EngineWay[] = [];
  const way = (name: EngineWay) => async (): Promise<WayResult> => {
    asked.push(name);
    if (name !== good) return { reason: `no\n  ${name}` };
    return { engine: { root: "/r", pulumi: "/r/pulumi", version: "3.259.0", from: name } };
  };
  return {
    asked,
    ways: { go: way("go"), installer: way("installer"), cache: way("cache"), path: way("path") },
  };
}

test.each([
  ["path", ["path"]],
  ["cache", ["path", "cache"]],
  ["installer", ["path", "cache", "installer"]],
  ["go", ["path", "cache", "installer", "go"]],
] as const)("the engine of %s is taken, and nothing after it is tried", async (good, order) => {
  const { ways, asked } = waysWith(good);
  const engine = await tryWays(ENGINE_WAYS, ways, engineSettings());
  expect(engine.from).toBe(good);
  expect(asked).toEqual(order);
});

test("if no way has one, the error has three lines with every reason", async () => {
  const error = await tryWays(ENGINE_WAYS, waysWith(undefined).ways, {
    ...engineSettings(),
    oldestVersion: "3.248.0",
  }).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ name: "EngineError", code: "no-way" });
  const lines = (error as Error).message.split("\n");
  expect(lines).toEqual([
    "There is no Pulumi engine (path: no path; cache: no cache; installer: no installer; go: no go).",
    expect.stringMatching(/^Install Pulumi 3\.248\.0 or newer: /),
    expect.stringMatching(/^Or install Go 1\.25\.11 or newer /),
  ]);
});

test("what the system refuses a way is its reason, and the next one is tried; a bug is thrown on", async () => {
  const { ways } = waysWith("go");
  const refused = Object.assign(new Error("EACCES: permission denied, mkdir '/c'"), {
    code: "EACCES",
    syscall: "mkdir",
  });
  const installer = (): Promise<WayResult> => Promise.reject(refused);
  const tried = tryWays(ENGINE_WAYS, { ...ways, installer }, engineSettings());
  await expect(tried).resolves.toMatchObject({ from: "go" });
  const alone = tryWays(["installer"], { ...ways, installer }, engineSettings());
  await expect(alone).rejects.toMatchObject({
    code: "no-way",
    message: expect.stringContaining("(installer: EACCES: permission denied, mkdir '/c')"),
  });
  const bug = new TypeError("x is not a function");
  const broken = { ...ways, installer: (): Promise<WayResult> => Promise.reject(bug) };
  await expect(tryWays(ENGINE_WAYS, broken, engineSettings())).rejects.toBe(bug);
});

test.each([
  ["3.248.0", true],
  ["3.247.9", false],
  ["3.259.0-alpha.x1", true],
  ["3.248.0-dev.0", true],
  ["4.0.0", true],
  ["not a version", false],
])("a CLI of version %s beside an SDK 3.248.0 will do: %s", (version, verdict) => {
  expect(isNewEnough(version, "3.248.0")).toBe(verdict);
});

test.each([
  ["go1.25.11", "local", undefined],
  ["go1.26.8", "local", undefined],
  ["devel go1.27-abcdef linux/amd64", "auto", undefined],
  ["go1.26rc1", "local", undefined],
  ["go1.24.2", "auto", undefined],
  ["go1.24.2", "go1.24.0+auto", undefined],
  ["go1.24", "", undefined],
  [
    "go1.25.10",
    "local",
    "go 1.25.10 is older than 1.25.11, and GOTOOLCHAIN=local keeps it from fetching a newer one",
  ],
  [
    "go1.24",
    "path",
    "go 1.24.0 is older than 1.25.11, and GOTOOLCHAIN=path keeps it from fetching a newer one",
  ],
  ["go1.19.8", "", "go 1.19.8 is older than 1.25.11"],
  ["", "", "go does not say its version ()"],
])("Go %j with GOTOOLCHAIN=%j", (version, toolchain, reason) => {
  expect(whyGoWillNotDo(version, toolchain)).toBe(reason);
});

test.each([
  [{ XDG_CACHE_HOME: "/x", HOME: "/h" }, "/x/pulumi-cloud-assistant"],
  [{ XDG_CACHE_HOME: "relative", HOME: "/h" }, "/h/.cache/pulumi-cloud-assistant"],
  [{ HOME: "/h" }, "/h/.cache/pulumi-cloud-assistant"],
])("with %j the cache is %s", (env, cache) => {
  expect(engineSettings({ env }).cache).toBe(cache);
});

test.each([{ HOME: "" }, { HOME: "relative" }, { XDG_CACHE_HOME: "", HOME: "" }])(
  "with %j the cache does not depend on the working directory",
  (env) => {
    expect(path.isAbsolute(engineSettings({ env }).cache)).toBe(true);
  },
);
