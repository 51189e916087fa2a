import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { WireRequest } from "../dialect/wire.js";
import { EmulatorError } from "../errors.js";
import type { Delivery } from "../faults/effects.js";
import type { Deliver } from "./passage.js";

export type HttpHandlers = {
  /** Requests of the API, whatever their path. */
  readonly api: (wire: WireRequest, deliver: Deliver) => void;
  /** Requests below /_emulator/; they write their own answer. */
  readonly admin: AdminHandler;
};

/** Judges a request by its head: answers it, or gives what takes its body, which may be large. */
export type AdminHandler = (
  request: IncomingMessage,
  response: ServerResponse,
) => ((body: Buffer) => void) | undefined;

export type ListeningServer = {
  readonly port: number;
  readonly url: string;
  /** Breaks what is open, hung answers included, and frees the port. */
  close(): Promise<void>;
};

/** Only this machine can reach it. */
export const HOST = "127.0.0.1";

/** Listens on the loopback address; port 0 is any free one. */
export async function listen(port: number, handlers: HttpHandlers): Promise<ListeningServer> {
  const server = createServer(
    // A whole command travels in the URL: 36 KB and more.
    { maxHeaderSize: 256 * 1024, keepAliveTimeout: 60_000 },
    (request, response) => {
      receive(request, response, handlers);
    },
  );
  server.on("clientError", answerBrokenRequest);
  await startListening(server, port);
  const { port: actual } = server.address() as AddressInfo;
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= stopListening(server));
  return { port: actual, url: `http://${HOST}:${actual}`, close };
}

const API_BODY_BYTES = 8 * 1024 * 1024;
/** A snapshot of a large fleet comes back in one piece. */
const ADMIN_BODY_BYTES = 512 * 1024 * 1024;
const ADMIN = "/_emulator";
const NO_BODY = Buffer.alloc(0);

function receive(request: IncomingMessage, response: ServerResponse, handlers: HttpHandlers): void {
  const target = request.url ?? "/";
  const at = target.indexOf("?");
  const path = at < 0 ? target : target.slice(0, at);
  const query = at < 0 ? "" : target.slice(at + 1);
  if (path === ADMIN || path.startsWith(`${ADMIN}/`)) {
    const take = handlers.admin(request, response);
    if (take !== undefined) readBody(request, response, ADMIN_BODY_BYTES, take);
    return;
  }
  if (isVisit(request, query)) {
    response.writeHead(200, { "content-type": "text/plain;charset=utf-8" }).end(WELCOME);
    return;
  }
  readBody(request, response, API_BODY_BYTES, (body) => {
    const method = request.method ?? "GET";
    handlers.api({ method, path, query, headers: request.headers, body }, (delivery, id) => {
      deliver(response, delivery, id);
    });
  });
}

const WELCOME =
  "cloud-assistant-emulator: Alibaba Cloud's Cloud Assistant on this machine.\n" +
  "Point a client's endpoint here. Its own controls are below /_emulator/.\n";

/** Somebody looks with a browser; an API call has a query, an action or a signature. */
function isVisit(request: IncomingMessage, query: string): boolean {
  return (
    request.method === "GET" &&
    query === "" &&
    request.headers.authorization === undefined &&
    request.headers["x-acs-action"] === undefined
  );
}

function readBody(
  request: IncomingMessage,
  response: ServerResponse,
  limit: number,
  done: (body: Buffer) => void,
): void {
  const { headers } = request;
  if (headers["content-length"] === "0" || !mayHaveBody(request)) {
    done(NO_BODY);
    return;
  }
  const chunks: Buffer[] = [];
  let size = 0;
  request.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size <= limit) chunks.push(chunk);
    else if (!response.headersSent) {
      const code = "RequestEntityTooLarge";
      const message = `cloud-assistant-emulator takes bodies of at most ${limit} bytes.`;
      response.writeHead(413, { "content-type": JSON_HEADER, connection: "close" });
      response.end(JSON.stringify({ Code: code, Message: message }));
      chunks.length = 0;
    }
  });
  request.on("end", () => {
    if (size <= limit) done(chunks.length === 1 ? (chunks[0] ?? NO_BODY) : Buffer.concat(chunks));
  });
  // A client that goes away in the middle of its request asked for nothing.
  request.on("error", () => {
    chunks.length = 0;
  });
}

const JSON_HEADER = "application/json;charset=utf-8";

function mayHaveBody({ headers }: IncomingMessage): boolean {
  return headers["content-length"] !== undefined || headers["transfer-encoding"] !== undefined;
}

function deliver(response: ServerResponse, delivery: Delivery, requestId: string): void {
  switch (delivery.kind) {
    case "drop":
      response.socket?.destroy();
      return;
    case "hang":
      return;
    case "answer": {
      const { status, contentType, body, retryAfterMs } = delivery;
      response.writeHead(status, {
        "content-type": contentType,
        "content-length": Buffer.byteLength(body),
        "x-acs-request-id": requestId,
        ...(retryAfterMs === undefined ? {} : { "x-acs-retry-after": String(retryAfterMs) }),
      });
      response.end(body);
    }
  }
}

function startListening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      reject(listenError(error, port));
    });
    server.listen(port, HOST, resolve);
  });
}

function listenError(error: NodeJS.ErrnoException, port: number): EmulatorError {
  if (error.code === "EADDRINUSE") {
    return new EmulatorError(
      "PortInUse",
      `Port ${port} on ${HOST} is in use by another process. End that process, or choose another ` +
        "port: --port 0 (in code: port: 0) takes any free one.",
      { cause: error },
    );
  }
  if (error.code === "EACCES") {
    return new EmulatorError(
      "InvalidOption",
      `Port ${port} on ${HOST} may not be opened by this user. Choose one above 1023, or 0.`,
      { cause: error },
    );
  }
  return EmulatorError.from(error);
}

function stopListening(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeAllConnections();
  });
}

// Without an answer of their own, clients would try to read an empty body as JSON.
function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const tooLarge = error.code === "HPE_HEADER_OVERFLOW";
  const status = tooLarge ? "431 Request Header Fields Too Large" : "400 Bad Request";
  const body = JSON.stringify({
    Code: tooLarge ? "RequestHeaderTooLarge" : "BadRequest",
    Message: `cloud-assistant-emulator could not read the request: ${error.message}`,
  });
  socket.end(
    `HTTP/1.1 ${status}\r\ncontent-type: ${JSON_HEADER}\r\nconnection: close\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
