import type { ServerWritableStream } from "@grpc/grpc-js";
import type { Readable } from "node:stream";

/** Sends what a process prints as messages of a call, no faster than the caller takes them. */
export function forwardOutput<Request, Response>(
  source: Readable | null,
  call: ServerWritableStream<Request, Response>,
  message: (chunk: Uint8Array) => Response,
): void {
  source?.on("data", (chunk: Buffer) => {
    if (call.cancelled || call.write(message(chunk))) return;
    source.pause();
    call.once("drain", () => source.resume());
  });
}
