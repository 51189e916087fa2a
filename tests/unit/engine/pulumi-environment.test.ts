import path from "node:path";

import { pulumiEnvironment } from "../../../engine/src/pulumi-environment.js";

const ENGINE = {
  root: "/engine/bin",
  pulumi: "/engine/bin/pulumi",
  version: "3.259.0",
  from: "go",
};

function environment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return pulumiEnvironment({ ...ENGINE, from: "go" }, { stateFolder: "/p/a b#", env });
}

test("nothing needs an account or the internet", () => {
  const { PATH: _path, ...ours } = environment({});
  expect(ours).toEqual({
    PULUMI_HOME: "/p/a b#/home",
    PULUMI_BACKEND_URL: "file:///p/a%20b%23/backend",
    PULUMI_CONFIG_PASSPHRASE: "cloud-assistant",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    PULUMI_DISABLE_REGISTRY_RESOLVE: "true",
  });
});

test("backend and home are local, whatever the user has set for other stacks", () => {
  const set = {
    PULUMI_HOME: "/mine",
    PULUMI_BACKEND_URL: "s3://bucket",
    PULUMI_ACCESS_TOKEN: "pul-1",
  };
  expect(environment(set)).toMatchObject({
    PULUMI_HOME: "/p/a b#/home",
    PULUMI_BACKEND_URL: "file:///p/a%20b%23/backend",
  });
});

test("what else the user has set stays, an empty passphrase too", () => {
  const set = {
    PULUMI_CONFIG_PASSPHRASE: "",
    PULUMI_SKIP_UPDATE_CHECK: "false",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "false",
    PULUMI_DISABLE_REGISTRY_RESOLVE: "false",
    OTHER: "kept",
  };
  expect(environment(set)).toMatchObject(set);
});

test("a passphrase in a file is not overruled by ours", () => {
  expect(environment({ PULUMI_CONFIG_PASSPHRASE_FILE: "/f" })).not.toHaveProperty(
    "PULUMI_CONFIG_PASSPHRASE",
  );
});

test.each([
  ["/usr/bin", ["/engine/bin", "/usr/bin", path.dirname(process.execPath)]],
  [undefined, ["/engine/bin", path.dirname(process.execPath)]],
])("the engine's folder is first on PATH %s, and node's own last", (given, parts) => {
  const env = environment(given === undefined ? {} : { PATH: given });
  expect(env.PATH).toBe(parts.join(path.delimiter));
});

test.each([
  ["/opt/node/bin:/usr/bin", "/usr/bin", "/opt/node/bin:/usr/bin"],
  ["/opt/node/bin:/usr/bin/", "/usr/bin", "/opt/node/bin:/usr/bin/"],
  ["/opt/node/bin:/usr/bin", "/opt/pulumi", "/opt/pulumi:/opt/node/bin:/usr/bin"],
])(
  "on PATH %s, the user's own CLI in %s shadows nothing that it need not",
  (given, root, parts) => {
    const engine = { ...ENGINE, root, pulumi: `${root}/pulumi`, from: "path" as const };
    const { PATH } = pulumiEnvironment(engine, { stateFolder: "/p", env: { PATH: given } });
    expect(PATH).toBe(`${parts}:${path.dirname(process.execPath)}`);
  },
);
