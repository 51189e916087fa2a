import type { ChildProcess } from "node:child_process";
import type { Readable } from "node:stream";
import type { AnalyzerStackConfigureRequest } from "@pulumi/pulumi/proto/analyzer_pb";
import { RunPluginResponse } from "@pulumi/pulumi/proto/language_pb";

import { endChild, ended, type Children } from "./children.js";
import { policyLaunch, type PluginRun, type PolicyStack } from "./plugin-launch.js";
import { startPolicyProxy, type PolicyProxy } from "./policy-proxy.js";
import type { HostSituation } from "./program-launch.js";
import type { RunPluginCall } from "./run-plugin-call.js";
import { findSdkCommand } from "./sdk-module.js";
import { forwardOutput } from "./stream-child.js";

/** Runs a policy pack behind a proxy; the answer is the pack's exit code. */
export async function runPolicyPack(
  call: RunPluginCall,
  run: PluginRun,
  host: HostSituation,
  children: Children,
): Promise<number> {
  const script = findSdkCommand(run.directory, "run-policy-pack");
  if (script === undefined) {
    call.write(stderr(`${MODULE_MISSING} (the pack is in ${run.directory})\n`));
    return 1;
  }
  const proxy = await startPolicyProxy();
  const hungUp = new Promise<"hung up">((resolve) => {
    call.once("cancelled", () => {
      resolve("hung up");
    });
  });
  try {
    call.write(stdout(`${proxy.port}\n`));
    const stack = await Promise.race([proxy.configured, hungUp]);
    if (stack === "hung up") return 0;
    const launch = policyLaunch(run, policyStack(stack), host.node, script);
    const child = children.start(launch, ["ignore", "pipe", "pipe"]);
    void hungUp.then(() => {
      endChild(child);
    });
    return await follow(child, call, proxy);
  } finally {
    proxy.close();
  }
}

/** The engine looks for these words, and then says that the pack's dependencies are not installed. */
const MODULE_MISSING = "Cannot find module '@pulumi/pulumi/cmd/run-policy-pack'";

/** Connects the proxy when the pack has said its port, passes on what it prints, and waits for its end. */
async function follow(
  child: ChildProcess,
  call: RunPluginCall,
  proxy: PolicyProxy,
): Promise<number> {
  forwardOutput(child.stderr, call, stderr);
  if (child.stdout !== null) watchForPort(child.stdout, call, proxy);
  const { code, signal } = await ended(child);
  proxy.fail(`the policy pack ended with ${code === null ? String(signal) : `code ${code}`}`);
  return code ?? 1;
}

/** The pack's port is the first line that is a number: what the pack prints while it loads comes before it. */
function watchForPort(output: Readable, call: RunPluginCall, proxy: PolicyProxy): void {
  let rest = "";
  const look = (chunk: Buffer): void => {
    const lines = (rest + chunk.toString("utf8")).split("\n");
    rest = lines.pop() ?? "";
    for (let line = lines.shift(); line !== undefined; line = lines.shift()) {
      if (!/^\d{1,5}$/.test(line.trim())) {
        call.write(stdout(`${line}\n`));
        continue;
      }
      output.off("data", look);
      proxy.connect(Number(line));
      call.write(stdout([...lines, rest].join("\n")));
      forwardOutput(output, call, stdout);
      return;
    }
  };
  output.on("data", look);
}

function policyStack(request: AnalyzerStackConfigureRequest | undefined): PolicyStack | undefined {
  if (request === undefined) return undefined;
  return {
    organization: request.getOrganization(),
    project: request.getProject(),
    stack: request.getStack(),
    dryRun: request.getDryRun(),
    config: {
      values: new Map(request.getConfigMap().toArray()),
      secretKeys: request.getConfigSecretKeysList(),
    },
  };
}

function stdout(chunk: string | Uint8Array): RunPluginResponse {
  return new RunPluginResponse().setStdout(toBytes(chunk));
}

function stderr(chunk: string | Uint8Array): RunPluginResponse {
  return new RunPluginResponse().setStderr(toBytes(chunk));
}

/** The stubs read a string as Base64. */
function toBytes(chunk: string | Uint8Array): Uint8Array {
  return typeof chunk === "string" ? Buffer.from(chunk, "utf8") : chunk;
}
