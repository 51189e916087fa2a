import * as grpc from "@grpc/grpc-js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import {
  LanguageRuntimeService,
  type ILanguageRuntimeServer,
} from "@pulumi/pulumi/proto/language_grpc_pb";
import {
  AboutResponse,
  GetProgramDependenciesResponse,
  GetRequiredPackagesResponse,
  GetRequiredPluginsResponse,
  LanguageHandshakeResponse,
  RunResponse,
  DependencyInfo,
  type ProgramInfo,
} from "@pulumi/pulumi/proto/language_pb";
import { PackageDependency, PluginDependency, PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";

import type { Children } from "./children.js";
import { installDependencies } from "./install-dependencies.js";
import { installedPackages, type InstalledPackage } from "./installed-packages.js";
import type { HostSituation } from "./program-launch.js";
import { programInfo } from "./program-info.js";
import { RpcFailure } from "./rpc-failure.js";
import { runPlugin } from "./run-plugin.js";
import { runProgram } from "./run-program.js";

/** What the service needs of its process. */
export type HostContext = {
  /** Read at each call: an engine that attaches to a running host says its address only by Handshake. */
  readonly situation: () => HostSituation;
  readonly onEngineAddress: (address: string) => void;
  readonly children: Children;
  /** This host's own version. */
  readonly version: string;
};

type Implemented = Pick<
  ILanguageRuntimeServer,
  | "handshake"
  | "getPluginInfo"
  | "getRequiredPackages"
  | "getRequiredPlugins"
  | "about"
  | "getProgramDependencies"
  | "installDependencies"
  | "run"
  | "runPlugin"
  | "cancel"
>;

/** The language runtime's service: what the engine may ask of a language host. */
export function languageService(context: HostContext): grpc.UntypedServiceImplementation {
  const implemented: Implemented = { ...answers(context), ...processes(context) };
  return { ...unimplemented(Object.keys(implemented)), ...implemented };
}

/** Calls that are answered from what lies on disk. */
function answers(context: HostContext): Omit<Implemented, keyof ReturnType<typeof processes>> {
  return {
    handshake: unary((request) => {
      context.onEngineAddress(request.getEngineAddress());
      return new LanguageHandshakeResponse();
    }),
    getPluginInfo: unary(() => new PluginInfo().setVersion(context.version)),
    getRequiredPackages: unary((request) =>
      new GetRequiredPackagesResponse().setPackagesList(
        required(request.getInfo(), () => new PackageDependency()),
      ),
    ),
    getRequiredPlugins: unary((request) =>
      new GetRequiredPluginsResponse().setPluginsList(
        required(request.getInfo(), () => new PluginDependency()),
      ),
    ),
    about: unary(() =>
      new AboutResponse().setExecutable(context.situation().node).setVersion(process.version),
    ),
    getProgramDependencies: unary((request) => {
      const folder = programFolder(request.getInfo(), request.getPwd());
      const found = installedPackages(folder, request.getTransitivedependencies());
      return new GetProgramDependenciesResponse().setDependenciesList(
        found.map(({ name, version }) => new DependencyInfo().setName(name).setVersion(version)),
      );
    }),
  };
}

/** Calls that start or end processes. */
function processes(
  context: HostContext,
): Pick<Implemented, "run" | "runPlugin" | "installDependencies" | "cancel"> {
  const { children, situation } = context;
  return {
    run: unary(async (request) => {
      const { error, bail } = await runProgram(request, situation(), children);
      return new RunResponse().setError(error).setBail(bail);
    }),
    runPlugin: streaming((call) => runPlugin(call, situation(), children)),
    installDependencies: streaming((call) => installDependencies(call, situation().env, children)),
    cancel: unary(() => {
      children.endAll();
      return new Empty();
    }),
  };
}

function unimplemented(done: readonly string[]): grpc.UntypedServiceImplementation {
  const left = Object.keys(LanguageRuntimeService).filter((name) => !done.includes(name));
  return Object.fromEntries(
    left.map((name) => {
      const problem =
        `This small Node language host does not do ${name}: it runs programs, policy packs and ` +
        `plugins. The official Pulumi CLI brings the host that does.`;
      const handler: grpc.handleUnaryCall<unknown, unknown> = (_call, callback) => {
        callback(new RpcFailure(grpc.status.UNIMPLEMENTED, problem));
      };
      return [name, handler];
    }),
  );
}

function unary<Request, Response>(
  handle: (request: Request) => Response | Promise<Response>,
): grpc.handleUnaryCall<Request, Response> {
  return (call, callback) => {
    Promise.resolve(call.request)
      .then(handle)
      .then(
        (response) => {
          callback(null, response);
        },
        (reason: unknown) => {
          callback(RpcFailure.from(reason));
        },
      );
  };
}

function streaming<Request, Response>(
  handle: (call: grpc.ServerWritableStream<Request, Response>) => Promise<void>,
): grpc.handleServerStreamingCall<Request, Response> {
  return (call) => {
    handle(call).catch((reason: unknown) => {
      call.emit("error", RpcFailure.from(reason));
    });
  };
}

type Dependency<T> = {
  setName(value: string): T;
  setKind(value: string): T;
  setVersion(value: string): T;
  setServer(value: string): T;
};

/** The provider plugins that a program's packages stand for. */
function required<T extends Dependency<T>>(info: ProgramInfo | undefined, make: () => T): T[] {
  const plugins = installedPackages(programFolder(info, ""), true).flatMap(
    (found: InstalledPackage) => (found.plugin === undefined ? [] : [found.plugin]),
  );
  return plugins.map(({ name, version, server = "" }) =>
    make().setName(name).setKind("resource").setVersion(version).setServer(server),
  );
}

function programFolder(info: ProgramInfo | undefined, pwd: string): string {
  return programInfo(info, pwd, "").programDirectory;
}
