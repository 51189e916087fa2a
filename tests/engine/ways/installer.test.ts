import { existsSync, readdirSync } from "node:fs";
import path from "node:path";

import { machine, runEngine, type Machine } from "./support/engine-command.js";

/** Installs scripts of these names in place of the CLI and its plugins, as install.sh does: \`--install-root ROOT --version V\`. */
function installing(names: readonly string[], last = ""): string {
  return `
while [ "$1" != --install-root ]; do shift; done
/bin/mkdir -p "$2/bin"
for name in ${names.join(" ")}; do
  printf '#!/bin/sh\\necho v%s\\n' "$4" > "$2/bin/$name"
  /bin/chmod 755 "$2/bin/$name"
done
${last}`;
}

const ALL = ["pulumi", "pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs"];

/** A machine that reaches get.pulumi.com, which answers with this installer. */
function online(installer: string, cacheHome?: string): Machine {
  const preload = `
const script = ${JSON.stringify(installer)};
globalThis.fetch = async (url, options) => {
  if (String(url) !== "https://get.pulumi.com/install.sh") throw new Error("unexpected " + url);
  return new Response(options?.method === "HEAD" ? null : script);
};`;
  return machine({ preload, ...(cacheHome !== undefined && { cacheHome }) });
}

test("the official installer puts the pinned version into the cache, where the next run finds it", async () => {
  const on = online(installing(ALL));
  const first = await runEngine(["--json"], on);
  expect(first.code).toBe(0);
  expect(first.stderr).toBe("Installing Pulumi 3.259.0 by its official installer (once).\n");
  const engine = JSON.parse(first.stdout);
  expect(engine).toMatchObject({ version: "3.259.0", from: "installer" });
  expect(existsSync(engine.pulumi)).toBe(true);

  const offline = machine({ cacheHome: path.dirname(on.cache) });
  expect(JSON.parse((await runEngine(["--json"], offline)).stdout)).toEqual({
    ...engine,
    from: "cache",
  });
  expect((await runEngine(["--from", "installer", "--json"], offline)).stdout).toBe(first.stdout);
});

test.each([
  [
    "fails",
    installing([], "echo 'no space left' >&2; exit 1"),
    /the installer failed \(no space left\)/,
  ],
  ["lacks a part", installing(["pulumi"]), /the installer did not bring what an engine needs/],
])("an installer that %s is a reason, and the next way is tried", async (_what, script, reason) => {
  const on = online(script);
  const { code, stderr } = await runEngine([], on);
  expect(code).toBe(1);
  expect(stderr).toMatch(reason);
  expect(stderr).toContain("go: no go on PATH");
  expect(readdirSync(on.cache).filter((name) => name.startsWith("tmp-"))).toEqual([]);
  expect((await runEngine(["--from", "cache"], on)).code).toBe(1);
});
