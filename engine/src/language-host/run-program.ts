import type { RunRequest } from "@pulumi/pulumi/proto/language_pb";

import { ended, type Children } from "./children.js";
import {
  programLaunch,
  runOutcome,
  type HostSituation,
  type ProgramRun,
  type RunOutcome,
} from "./program-launch.js";
import { programInfo } from "./program-info.js";
import { readRuntimeOptions } from "./runtime-options.js";
import { findSdkCommand } from "./sdk-module.js";

/** Runs the program that the engine asked for, to its end. What it prints goes to this host's own stdout and stderr. */
export async function runProgram(
  request: RunRequest,
  host: HostSituation,
  children: Children,
): Promise<RunOutcome> {
  const info = programInfo(request.getInfo(), request.getPwd(), request.getProgram());
  const read = readRuntimeOptions(info.options);
  if ("problem" in read) return { error: read.problem, bail: false };
  const script = findSdkCommand(info.programDirectory, "run");
  if (script === undefined) return { error: sdkMissing(info.programDirectory), bail: false };
  const run: ProgramRun = {
    ...info,
    project: request.getProject(),
    stack: request.getStack(),
    organization: request.getOrganization(),
    args: request.getArgsList(),
    config: {
      values: new Map(request.getConfigMap().toArray()),
      secretKeys: request.getConfigsecretkeysList(),
    },
    dryRun: request.getDryrun(),
    parallel: request.getParallel(),
    monitorAddress: request.getMonitorAddress(),
  };
  const launch = programLaunch(run, read.options, script, host);
  return runOutcome(await ended(children.start(launch, ["ignore", "inherit", "inherit"])));
}

function sdkMissing(folder: string): string {
  return `@pulumi/pulumi is not installed for the program in ${folder}: run npm install there.`;
}
