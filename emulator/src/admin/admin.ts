import type { IncomingMessage, ServerResponse } from "node:http";
import type { Logger } from "pino";
import type { Emulator } from "../emulator-api.js";
import { EmulatorError, type EmulatorErrorCode } from "../errors.js";
import { foreignRequest } from "../server/guard.js";
import type { AdminHandler } from "../server/http-server.js";
import { findRoute } from "./routes.js";

/** Serves the emulator's controls as JSON. Errors are `{"error": {"code", "message"}}`. */
export function createAdmin(emulator: Emulator, logger: Logger): AdminHandler {
  return (request, response) => {
    const foreign = foreignRequest(request.headers, emulator.port);
    if (foreign !== undefined) {
      const why = `The emulator is driven from this machine: ${foreign}.`;
      // What may still come of the body is not waited for.
      response.setHeader("connection", "close");
      sendError(response, 403, "Forbidden", why);
      return undefined;
    }
    return (body) => {
      answer(emulator, request, body).then(
        ({ status, value }) => {
          send(response, status, value);
        },
        (reason: unknown) => {
          const error = EmulatorError.from(reason);
          if (error.code === "Internal") logger.error({ err: error }, "admin request failed");
          sendError(response, STATUS[error.code], error.code, error.message);
        },
      );
    };
  };
}

const PREFIX = "/_emulator/";

const STATUS: Readonly<Record<EmulatorErrorCode, number>> = {
  PortInUse: 409,
  DataInUse: 409,
  DataDamaged: 409,
  DataNewer: 409,
  IsolationUnavailable: 409,
  InvalidOption: 400,
  NotFound: 404,
  ClockRefused: 409,
  TimedOut: 408,
  Unreachable: 502,
  Internal: 500,
};

async function answer(
  emulator: Emulator,
  request: IncomingMessage,
  body: Buffer,
): Promise<{ readonly status: number; readonly value: unknown }> {
  const url = new URL(request.url ?? "/", emulator.url);
  const method = request.method ?? "GET";
  const found = findRoute(method, url.pathname.slice(PREFIX.length));
  switch (found.kind) {
    case "none":
      throw new EmulatorError("NotFound", `There is nothing at ${url.pathname}.`);
    case "wrong-method":
      return {
        status: 405,
        value: errorOf("InvalidOption", `${url.pathname} takes ${found.allowed.join(", ")}.`),
      };
    case "route": {
      const { route, names } = found;
      const call = { names, query: url.searchParams, body: parseBody(request, body) };
      return { status: 200, value: await route.run(emulator, call) };
    }
  }
}

function parseBody(request: IncomingMessage, body: Buffer): unknown {
  if (body.length === 0) return undefined;
  // A form of another site can be sent without asking; JSON cannot.
  if (request.headers["content-type"]?.startsWith("application/json") !== true) {
    throw new EmulatorError("InvalidOption", "Send the body as content-type: application/json.");
  }
  try {
    return JSON.parse(body.toString("utf8")) as unknown;
  } catch (cause) {
    throw new EmulatorError("InvalidOption", "The body is not JSON.", { cause });
  }
}

function errorOf(code: string, message: string): Record<string, unknown> {
  return { error: { code, message } };
}

function sendError(response: ServerResponse, status: number, code: string, message: string): void {
  send(response, status, errorOf(code, message));
}

function send(response: ServerResponse, status: number, value: unknown): void {
  const text = JSON.stringify(value ?? null);
  response.writeHead(status, {
    "content-type": "application/json;charset=utf-8",
    "content-length": Buffer.byteLength(text),
    "cache-control": "no-store",
  });
  response.end(text);
}
