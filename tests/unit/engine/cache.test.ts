import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  appendFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { underBuildLock } from "../../../engine/src/build-lock.js";
import { ENGINE_FILES } from "../../../engine/src/engine.js";
import {
  cachedEngine,
  publish,
  removeLeftovers,
  writeAbout,
} from "../../../engine/src/engine-cache.js";
import { engineKeys } from "../../../engine/src/engine-key.js";
import { hostFiles } from "../../../engine/src/host-files.js";
import { hostPackages } from "../../../engine/src/host-packages.js";
import { engineSettings, type EngineSettings } from "../../../engine/src/settings.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "engine-unit-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** A clone's go.mod, go.sum, host and scripts, in a folder of their own. */
function clone(): EngineSettings {
  const goFolder = path.join(folder, "go");
  const hostFolder = path.join(folder, "host");
  const launchersFolder = path.join(folder, "launchers");
  cpSync(path.resolve(__dirname, "../../../engine/go"), goFolder, { recursive: true });
  cpSync(path.resolve(__dirname, "../../../engine/launchers"), launchersFolder, {
    recursive: true,
  });
  mkdirSync(hostFolder);
  writeFileSync(path.join(hostFolder, "main.js"), `const a = require("./part.js");\n`);
  writeFileSync(
    path.join(hostFolder, "part.js"),
    `exports.a = 1;\n//# sourceMappingURL=part.js.map`,
  );
  return { ...engineSettings(), goFolder, hostFolder, launchersFolder };
}

test("the same sources elsewhere have the same keys", () => {
  const here = engineKeys(clone());
  rmSync(folder, { recursive: true });
  folder = mkdtempSync(path.join(tmpdir(), "engine-unit-"));
  expect(engineKeys(clone())).toEqual(here);
});

test.each([
  ["go.sum", "go/go.sum", { cli: true, engine: true }],
  ["go.mod", "go/go.mod", { cli: true, engine: true }],
  ["a file of the host", "host/part.js", { cli: false, engine: true }],
  ["a script", "launchers/pulumi-language-nodejs", { cli: false, engine: true }],
])("a change of %s changes the keys %j %j", (_what, file, changes) => {
  const settings = clone();
  const before = engineKeys(settings);
  const at = path.join(folder, file);
  appendFileSync(at, "\n// changed\n");
  const after = engineKeys(settings);
  expect({ cli: after.cli !== before.cli, engine: after.engine !== before.engine }).toEqual(
    changes,
  );
});

test("neither source maps nor files that nothing requires change a key", () => {
  const settings = clone();
  const before = engineKeys(settings);
  writeFileSync(path.join(settings.hostFolder, "left-over.js"), "gone();");
  writeFileSync(path.join(settings.hostFolder, "part.js"), "exports.a = 1;");
  expect(engineKeys(settings)).toEqual(before);
  expect(hostFiles(settings.hostFolder).map(({ name }) => name)).toEqual(["main.js", "part.js"]);
});

test("the host's packages bring all that they depend on, each in one place", () => {
  const packages = hostPackages();
  const names = packages.map(({ name }) => name);
  expect(names).toEqual(
    expect.arrayContaining([
      "@grpc/grpc-js",
      "@grpc/proto-loader",
      "protobufjs",
      "google-protobuf",
    ]),
  );
  const targets = packages.map(({ target }) => target);
  expect(new Set(targets).size).toBe(targets.length);
  expect(packages.find(({ name }) => name === "@pulumi/pulumi")?.only).toEqual([
    "package.json",
    "proto",
  ]);
});

test("only what is whole is published", async () => {
  const failure = await publish(folder, "engine/one", async (made) => {
    writeFileSync(path.join(made, "half"), "");
    return { reason: "no disk" };
  });
  expect(failure).toEqual({ reason: "no disk" });
  await expect(
    publish(folder, "engine/one", () => Promise.reject(new Error("crash"))),
  ).rejects.toThrow("crash");
  expect(readdirSync(folder)).toEqual([]);

  await publish(folder, "engine/one", async (made) => {
    writeFileSync(path.join(made, "whole"), "");
    return undefined;
  });
  expect(readdirSync(path.join(folder, "engine/one"))).toEqual(["whole"]);
});

test("an engine counts as cached when all its files and its version are there", async () => {
  const at = path.join(folder, "engine", "key");
  mkdirSync(path.join(at, "bin"), { recursive: true });
  for (const name of ENGINE_FILES) {
    expect(await cachedEngine(folder, "key", "cache")).toBeUndefined();
    writeFileSync(path.join(at, "bin", name), "");
  }
  writeFileSync(path.join(at, "engine.json"), "{");
  expect(await cachedEngine(folder, "key", "cache")).toBeUndefined();
  await writeAbout(at, "3.259.0");
  expect(await cachedEngine(folder, "key", "cache")).toEqual({
    root: path.join(at, "bin"),
    pulumi: path.join(at, "bin", "pulumi"),
    version: "3.259.0",
    from: "cache",
  });
});

test("leftovers of dead processes are removed, those of living ones stay", async () => {
  // Above the largest process id of Linux (2^22).
  const dead = path.join(folder, "tmp-99999999-ab");
  const alive = path.join(folder, `tmp-${process.pid}-ab`);
  for (const name of [dead, alive, path.join(folder, "engine")]) mkdirSync(name);
  await removeLeftovers(folder);
  expect(readdirSync(folder).sort()).toEqual(["engine", path.basename(alive)]);
});

test("two who want to build do so one after the other, and the second one says that it waits", async () => {
  const log = path.join(folder, "log");
  const said: string[] = [];
  let waits: () => void = () => undefined;
  const secondWaits = new Promise<void>((resolve) => (waits = resolve));
  const cache = path.join(folder, "cache");
  const first = underBuildLock(
    cache,
    () => undefined,
    async () => {
      appendFileSync(log, "first in, ");
      await secondWaits;
      appendFileSync(log, "first out, ");
      return 1;
    },
  );
  while (!existsSync(log)) await new Promise((resolve) => setImmediate(resolve));
  const second = underBuildLock(
    cache,
    (line) => {
      said.push(line);
      waits();
    },
    async () => {
      appendFileSync(log, "second");
      return 2;
    },
  );
  expect(await Promise.all([first, second])).toEqual([1, 2]);
  expect(said).toEqual(["Another process is getting the Pulumi engine; waiting for it."]);
  expect(readFileSync(log, "utf8")).toBe("first in, first out, second");
});

test("a build that fails gives its lock back", async () => {
  const fail = (): Promise<never> => Promise.reject(new Error("no luck"));
  await expect(underBuildLock(folder, () => undefined, fail)).rejects.toThrow("no luck");
  expect(
    await underBuildLock(
      folder,
      () => undefined,
      async () => "next",
    ),
  ).toBe("next");
});
