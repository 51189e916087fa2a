import { connect } from "node:net";

const LOOK_EVERY_MS = 2_000;

/**
 * Calls `gone` once the engine's address refuses a connection: a killed CLI leaves its plugins running and tells them
 * nothing. The timer keeps no process alive.
 */
export function watchEngine(address: () => string, gone: () => void): void {
  const timer = setInterval(() => {
    const { host, port } = split(address());
    if (port === undefined) return;
    const socket = connect({ host, port });
    socket.once("connect", () => socket.destroy());
    socket.once("error", (error: NodeJS.ErrnoException) => {
      socket.destroy();
      if (error.code !== "ECONNREFUSED") return;
      clearInterval(timer);
      gone();
    });
  }, LOOK_EVERY_MS);
  timer.unref();
}

function split(address: string): { readonly host: string; readonly port: number | undefined } {
  const colon = address.lastIndexOf(":");
  const port = Number(address.slice(colon + 1));
  return {
    host: address.slice(0, Math.max(colon, 0)),
    port: colon > 0 && Number.isInteger(port) && port > 0 ? port : undefined,
  };
}
