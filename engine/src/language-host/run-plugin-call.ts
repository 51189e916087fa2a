import type { ServerWritableStream } from "@grpc/grpc-js";
import type { RunPluginRequest, RunPluginResponse } from "@pulumi/pulumi/proto/language_pb";

/** The call by which the engine runs a plugin: what the plugin prints streams back, its exit code comes last. */
export type RunPluginCall = ServerWritableStream<RunPluginRequest, RunPluginResponse>;
