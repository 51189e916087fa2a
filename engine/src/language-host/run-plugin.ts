import { status } from "@grpc/grpc-js";
import { RunPluginResponse } from "@pulumi/pulumi/proto/language_pb";

import { endChild, ended, type Children } from "./children.js";
import { sourcePluginLaunch, type PluginRun } from "./plugin-launch.js";
import type { HostSituation } from "./program-launch.js";
import { programInfo } from "./program-info.js";
import { RpcFailure } from "./rpc-failure.js";
import type { RunPluginCall } from "./run-plugin-call.js";
import { runPolicyPack } from "./run-policy-pack.js";
import { readRuntimeOptions } from "./runtime-options.js";
import { findSdkCommand } from "./sdk-module.js";
import { forwardOutput } from "./stream-child.js";

/** Runs a policy pack or a provider written in TypeScript until it ends or the engine hangs up. */
export async function runPlugin(
  call: RunPluginCall,
  host: HostSituation,
  children: Children,
): Promise<void> {
  const { request } = call;
  const info = programInfo(request.getInfo(), request.getPwd(), request.getProgram());
  const run: PluginRun = {
    directory: info.programDirectory,
    pwd: request.getPwd(),
    args: request.getArgsList(),
    env: request.getEnvList(),
  };
  const code =
    request.getKind() === "analyzer"
      ? await runPolicyPack(call, run, host, children)
      : await runSource(call, run, info.options, host, children);
  call.write(new RunPluginResponse().setExitcode(code));
  call.end();
}

async function runSource(
  call: RunPluginCall,
  run: PluginRun,
  rawOptions: Readonly<Record<string, unknown>>,
  host: HostSituation,
  children: Children,
): Promise<number> {
  const read = readRuntimeOptions(rawOptions);
  if ("problem" in read) throw new RpcFailure(status.INVALID_ARGUMENT, read.problem);
  const script = findSdkCommand(run.directory, "run-plugin");
  if (script === undefined) {
    const problem = `@pulumi/pulumi is not installed in ${run.directory}: run npm install there.`;
    throw new RpcFailure(status.FAILED_PRECONDITION, problem);
  }
  const launch = sourcePluginLaunch(run, read.options.nodeArgs, host.node, script);
  const child = children.start(launch, ["ignore", "pipe", "pipe"]);
  call.once("cancelled", () => {
    endChild(child);
  });
  forwardOutput(child.stdout, call, (chunk) => new RunPluginResponse().setStdout(chunk));
  forwardOutput(child.stderr, call, (chunk) => new RunPluginResponse().setStderr(chunk));
  const { code } = await ended(child);
  return code ?? 1;
}
