import * as grpc from "@grpc/grpc-js";
import { AnalyzerClient, AnalyzerService } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import {
  AnalyzerHandshakeResponse,
  AnalyzerStackConfigureResponse,
  type AnalyzerStackConfigureRequest,
} from "@pulumi/pulumi/proto/analyzer_pb";

import { RpcFailure } from "./rpc-failure.js";
import { serve } from "./serve.js";

/** Room for the largest message of the SDK's own servers (its runtime/settings). */
const MESSAGE_BYTES = 400 * 1024 * 1024;

/** How long the last answers may take before the connection is cut. */
const LAST_ANSWERS_MS = 1_000;

/**
 * Stands before a policy pack. A pack reads the stack's configuration from its environment when it starts, but the engine
 * tells it only by `ConfigureStack`, in a running server. So this server answers first, and every other call waits for
 * the pack and goes through as bytes.
 */
export type PolicyProxy = {
  readonly port: number;
  /** What `ConfigureStack` said; `undefined` when another call came without it. */
  readonly configured: Promise<AnalyzerStackConfigureRequest | undefined>;
  /** Lets the waiting calls through to the pack that listens there. */
  connect(port: number): void;
  /** Answers the waiting calls, and all that come, with this reason. */
  fail(reason: string): void;
  close(): void;
};

/** Starts the server that stands before a policy pack. */
export async function startPolicyProxy(): Promise<PolicyProxy> {
  const configured = deferred<AnalyzerStackConfigureRequest | undefined>();
  const pack = deferred<AnalyzerClient>();
  // Calls may never come to wait for it.
  pack.promise.catch(() => undefined);
  let client: AnalyzerClient | undefined;

  const server = new grpc.Server({ "grpc.max_receive_message_length": MESSAGE_BYTES });
  server.addService(proxyService(), {
    ...forwardAll(async () => {
      configured.resolve(undefined);
      return pack.promise;
    }),
    handshake: answer(() => new AnalyzerHandshakeResponse()),
    configureStack: answer((request: AnalyzerStackConfigureRequest) => {
      configured.resolve(request);
      return new AnalyzerStackConfigureResponse();
    }),
  });
  return {
    port: await serve(server),
    configured: configured.promise,
    connect(port) {
      client = new AnalyzerClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), {
        "grpc.max_receive_message_length": MESSAGE_BYTES,
      });
      const connected = client;
      void configured.promise.then((request) => {
        passOnStack(connected, request, pack);
      });
    },
    fail: (reason) => {
      pack.reject(new Error(reason));
    },
    close() {
      client?.close();
      // Calls that were just told why they fail get their answers first.
      const timer = setTimeout(() => {
        server.forceShutdown();
      }, LAST_ANSWERS_MS);
      server.tryShutdown(() => {
        clearTimeout(timer);
      });
    },
  };
}

/** Packs before 1.21 do not know ConfigureStack; they have had the environment. */
function passOnStack(
  client: AnalyzerClient,
  request: AnalyzerStackConfigureRequest | undefined,
  pack: Deferred<AnalyzerClient>,
): void {
  if (request === undefined) {
    pack.resolve(client);
    return;
  }
  client.configureStack(request, (error) => {
    if (error === null || error.code === grpc.status.UNIMPLEMENTED) pack.resolve(client);
    else pack.reject(error);
  });
}

const bytes = (value: Buffer): Buffer => value;

/** The analyzer's service, in which all but the two calls answered here are left as bytes. */
function proxyService(): grpc.ServiceDefinition {
  const entries = Object.entries(AnalyzerService as grpc.ServiceDefinition);
  return Object.fromEntries(
    entries.map(([name, method]) => [name, answeredHere(name) ? method : asBytes(method)]),
  );
}

function answeredHere(name: string): boolean {
  return name === "handshake" || name === "configureStack";
}

function asBytes(method: grpc.MethodDefinition<unknown, unknown>): typeof method {
  const pass = bytes as (value: unknown) => Buffer;
  return {
    ...method,
    requestSerialize: pass,
    requestDeserialize: bytes,
    responseSerialize: pass,
    responseDeserialize: bytes,
  };
}

function forwardAll(pack: () => Promise<AnalyzerClient>): grpc.UntypedServiceImplementation {
  const methods = Object.entries(AnalyzerService as grpc.ServiceDefinition);
  return Object.fromEntries(
    methods.map(([name, { path }]) => {
      const handler: grpc.handleUnaryCall<Buffer, Buffer> = (call, callback) => {
        pack().then(
          (client) => {
            client.makeUnaryRequest(path, bytes, bytes, call.request, (error, response) => {
              if (error === null) callback(null, response);
              else callback(error);
            });
          },
          (reason: unknown) => {
            callback(RpcFailure.from(reason));
          },
        );
      };
      return [name, handler];
    }),
  );
}

function answer<Request, Response>(
  make: (request: Request) => Response,
): grpc.handleUnaryCall<Request, Response> {
  return (call, callback) => {
    callback(null, make(call.request));
  };
}

type Deferred<T> = {
  readonly promise: Promise<T>;
  resolve(value: T): void;
  reject(reason: Error): void;
};

function deferred<T>(): Deferred<T> {
  let settle: Pick<Deferred<T>, "resolve" | "reject"> | undefined;
  const promise = new Promise<T>((resolve, reject) => {
    settle = { resolve, reject };
  });
  return {
    promise,
    resolve: (value) => settle?.resolve(value),
    reject: (reason) => settle?.reject(reason),
  };
}
