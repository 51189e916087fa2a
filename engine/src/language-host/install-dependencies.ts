import { existsSync } from "node:fs";
import path from "node:path";
import { status, type ServerWritableStream } from "@grpc/grpc-js";
import {
  InstallDependenciesResponse,
  type InstallDependenciesRequest,
} from "@pulumi/pulumi/proto/language_pb";

import { endChild, ended, type Children } from "./children.js";
import { programInfo } from "./program-info.js";
import { RpcFailure } from "./rpc-failure.js";
import { readRuntimeOptions } from "./runtime-options.js";
import { forwardOutput } from "./stream-child.js";

/** The call by which `pulumi install` has a program's packages installed. */
export type InstallCall = ServerWritableStream<
  InstallDependenciesRequest,
  InstallDependenciesResponse
>;

const LOCK_FILES = [
  ["pnpm-lock.yaml", "pnpm"],
  ["yarn.lock", "yarn"],
  ["bun.lock", "bun"],
] as const;

/** Runs `<package manager> install` in the program's folder and streams what it prints. */
export async function installDependencies(
  call: InstallCall,
  env: NodeJS.ProcessEnv,
  children: Children,
): Promise<void> {
  const info = programInfo(call.request.getInfo(), call.request.getDirectory(), "");
  const read = readRuntimeOptions(info.options);
  if ("problem" in read) throw new RpcFailure(status.INVALID_ARGUMENT, read.problem);
  const folder = info.programDirectory;
  const manager = packageManager(folder, read.options.packageManager);
  call.write(stdout(`Installing dependencies: ${manager} install in ${folder}\n`));
  const launch = { command: manager, args: ["install"], cwd: folder, env };
  const child = children.start(launch, ["ignore", "pipe", "pipe"]);
  call.once("cancelled", () => {
    endChild(child);
  });
  forwardOutput(child.stdout, call, stdout);
  forwardOutput(child.stderr, call, (chunk) => new InstallDependenciesResponse().setStderr(chunk));
  const failed = await ended(child).then(
    ({ code, signal }) => (code === 0 ? undefined : `ended with ${code ?? signal ?? "no code"}`),
    (reason: unknown) => `could not be started (${reason instanceof Error ? reason.message : ""})`,
  );
  if (failed !== undefined) {
    const problem = `${manager} install ${failed}. Run it by hand in ${folder}.`;
    throw new RpcFailure(status.INTERNAL, problem);
  }
  call.end();
}

/** The package manager that Pulumi.yaml asks for, else the one whose lock file is there, else npm. */
export function packageManager(folder: string, asked: string | undefined): string {
  if (asked !== undefined) return asked;
  return LOCK_FILES.find(([file]) => existsSync(path.join(folder, file)))?.[1] ?? "npm";
}

function stdout(chunk: string | Uint8Array): InstallDependenciesResponse {
  const bytes = typeof chunk === "string" ? Buffer.from(chunk, "utf8") : chunk;
  return new InstallDependenciesResponse().setStdout(bytes);
}
