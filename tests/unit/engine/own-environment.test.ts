import { execFileSync } from "node:child_process";
import path from "node:path";

import { withoutPulumi } from "../../../bench/support/without-pulumi.js";

/** What a test sees of an environment: the set-up file runs before it, in its process. */
function seenOf(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const setUp = path.resolve(__dirname, "../../support/environment.cjs");
  const script = "process.stdout.write(JSON.stringify(process.env))";
  const args = ["-r", setUp, "-e", script];
  return JSON.parse(execFileSync(process.execPath, args, { env, encoding: "utf8" }));
}

test("no test sees the cloud account or the Pulumi backend of whoever runs it", () => {
  const seen = seenOf({
    PATH: "/bin",
    CLOUD_ASSISTANT_EXTRA: "1",
    ALIBABA_CLOUD_ACCESS_KEY_ID: "a",
    ALICLOUD_PROFILE: "a",
    CLOUD_ASSISTANT_ENDPOINT: "a",
    PULUMI_BACKEND_URL: "https://api.pulumi.example",
    PULUMI_ACCESS_TOKEN: "pul-1",
    PULUMI_HOME: "/mine",
    PULUMI_STACK: "org/prod",
    PULUMI_CONFIG_PASSPHRASE_FILE: "/mine/phrase",
  });
  expect(seen).toEqual({ PATH: "/bin", CLOUD_ASSISTANT_EXTRA: "1" });
});

test("no bench sees that backend either", () => {
  const env = { PATH: "/bin", PULUMI_STACK: "org/prod", PULUMI_BACKEND_URL: "s3://bucket" };
  expect(withoutPulumi(env)).toEqual({ PATH: "/bin" });
});
