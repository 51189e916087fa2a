import * as grpc from "@grpc/grpc-js";
import { LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb";

import { hostArguments } from "./arguments.js";
import { Children } from "./children.js";
import { watchEngine } from "./engine-watch.js";
import { serve } from "./serve.js";
import { languageService } from "./service.js";

/** This host's version; the engine only shows it. */
const VERSION = "0.1.0";

/** Serves the language runtime until the engine sends a signal or is gone; the first line printed is the port. */
async function main(): Promise<void> {
  const { engineAddress, ...tracing } = hostArguments(process.argv.slice(2));
  const children = new Children();
  let engine = engineAddress;
  const server = new grpc.Server({ "grpc.max_receive_message_length": 400 * 1024 * 1024 });
  server.addService(
    LanguageRuntimeService,
    languageService({
      situation: () => ({
        node: process.execPath,
        env: process.env,
        engineAddress: engine,
        ...tracing,
      }),
      onEngineAddress: (address) => {
        engine = address;
      },
      children,
      version: VERSION,
    }),
  );
  const leave = (): void => {
    children.endAll();
    server.forceShutdown();
    process.exitCode = 0;
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, leave);
  watchEngine(() => engine, leave);
  process.stdout.write(`${await serve(server)}\n`);
}

void main();
