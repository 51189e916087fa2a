import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";

import {
  engineCommand,
  machine,
  newFolder,
  runEngine,
  type Machine,
} from "./support/engine-command.js";

/** `go` whose build waits until the test lets it go on, and then writes a script in place of the CLI. */
type HeldGo = {
  readonly machine: Machine;
  /** The process group of the next build that starts. */
  readonly started: () => Promise<number>;
  readonly letGo: () => void;
  /** How many builds were started. */
  readonly builds: () => number;
};

function heldGo(): HeldGo {
  const folder = newFolder();
  const started = path.join(folder, "started");
  const held = path.join(folder, "held");
  const log = path.join(folder, "log");
  for (const pipe of [started, held]) execFileSync("mkfifo", [pipe]);
  writeFileSync(log, "");
  const go = `
if [ "$1" = env ]; then echo go1.26.0; echo auto; exit; fi
echo "$@" >> ${log}
echo $$ > ${started}
read answer < ${held}
while [ "$1" != -o ]; do shift; done
echo 'echo v3.259.0' > "$2"`;
  return {
    machine: machine({ scripts: { go } }),
    started: async () => Number(await readFile(started, "utf8")),
    letGo: () => writeFileSync(held, "go on\n"),
    builds: () => readFileSync(log, "utf8").split("\n").length - 1,
  };
}

test("an engine is built once, and then found in the cache by whoever has the same sources", async () => {
  const go = heldGo();
  const first = engineCommand(["--from", "go", "--json"], go.machine);
  await go.started();
  go.letGo();
  const built = await first.end;
  expect(built.code).toBe(0);
  expect(built.stderr).toMatch(
    /^Building Pulumi 3\.259\.0 .* takes about 4 minutes\.\nBuilt in \d+ s\.\n$/,
  );
  const { root, version, from } = JSON.parse(built.stdout);
  expect({ version, from }).toEqual({ version: "3.259.0", from: "go" });
  for (const name of ["pulumi", "pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs"]) {
    expect(statSync(path.join(root, name)).mode & 0o111).not.toBe(0);
  }

  expect((await runEngine(["--from", "go", "--json"], go.machine)).stdout).toBe(built.stdout);
  const elsewhere = machine({ cacheHome: path.dirname(go.machine.cache) });
  expect(JSON.parse((await runEngine(["--json"], elsewhere)).stdout)).toMatchObject({
    root,
    from: "cache",
  });
  expect(go.builds()).toBe(1);
});

test("the build is the pinned module, read-only, with the version that the CLI must report", async () => {
  const args = path.join(newFolder(), "args");
  const go = `[ "$1" = env ] && { echo go1.26.0; echo auto; exit; }
    { pwd; echo "$GOWORK|$GOOS|$GOARCH"; for a; do echo "$a"; done; } > ${args}; exit 1`;
  const on = machine({ scripts: { go } });
  await runEngine(["--from", "go"], { ...on, env: { ...on.env, GOOS: "plan9", GOARCH: "arm" } });
  const [folder = "", env, ...rest] = readFileSync(args, "utf8").trimEnd().split("\n");
  expect(existsSync(path.join(folder, "go.sum"))).toBe(true);
  expect(env).toBe("off||");
  expect(rest[0]).toBe("build");
  expect(rest).toContain("-mod=readonly");
  expect(rest).toContain(
    "-w -s -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v3.259.0",
  );
  expect(rest.at(-1)).toBe("github.com/pulumi/pulumi/pkg/v3/cmd/pulumi");
});

test("of two processes one builds, and the other says that it waits and then finds the engine", async () => {
  const go = heldGo();
  const first = engineCommand(["--from", "go", "--json"], go.machine);
  await go.started();
  const second = engineCommand(["--from", "go", "--json"], go.machine);
  await second.said("Another process is getting the Pulumi engine; waiting for it.");
  go.letGo();
  const [one, two] = await Promise.all([first.end, second.end]);
  expect([one.code, two.code]).toEqual([0, 0]);
  expect(two.stdout).toBe(one.stdout);
  expect(go.builds()).toBe(1);
});

test("Ctrl-C ends go and all that it started, and leaves nothing half done", async () => {
  const go = heldGo();
  const build = engineCommand(["--from", "go"], go.machine);
  const group = await go.started();
  expect(isAlive(group)).toBe(true);
  build.child.kill("SIGINT");
  const { code, stderr } = await build.end;
  expect(code).toBe(130);
  expect(stderr).toContain("Interrupted by SIGINT; nothing was left half done.");
  expect(isAlive(group)).toBe(false);
  expect(readdirSync(go.machine.cache)).toEqual([]);
});

test("what a killed build left is removed, and the next one takes its lock over", async () => {
  const go = heldGo();
  const killed = engineCommand(["--from", "go"], go.machine);
  const group = await go.started();
  killed.child.kill("SIGKILL");
  await killed.end;
  process.kill(-group, "SIGKILL");
  expect(readdirSync(go.machine.cache).filter((name) => name.startsWith("tmp-"))).toHaveLength(1);
  expect((await runEngine(["--from", "cache"], go.machine)).code).toBe(1);

  const next = engineCommand(["--from", "go", "--json"], go.machine);
  await go.started();
  go.letGo();
  expect((await next.end).code).toBe(0);
  expect(readdirSync(go.machine.cache).sort()).toEqual(["cli", "engine"]);
}, 30_000);

test("a build that fails says go's last words and where all of them are", async () => {
  const go = `[ "$1" = env ] && { echo go1.26.0; echo auto; exit; }
    echo "one" >&2; echo "dial tcp: no route to host" >&2; exit 1`;
  const on = machine({ scripts: { go } });
  const { code, stderr } = await runEngine(["--from", "go"], on);
  expect(code).toBe(1);
  const log = path.join(on.cache, "go-build.log");
  expect(stderr).toContain(`go: go build failed (dial tcp: no route to host; all of it in ${log})`);
  expect(readFileSync(log, "utf8")).toBe("one\ndial tcp: no route to host\n");
  expect(readdirSync(on.cache)).toEqual(["go-build.log"]);
});

/** Whether any process of a group is there. */
function isAlive(group: number): boolean {
  try {
    process.kill(-group, 0);
    return true;
  } catch {
    return false;
  }
}
