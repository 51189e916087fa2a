import { connect } from "node:net";

/** Tells whether whoever asked for this operation is still there. */
export type Presence = () => Promise<boolean>;

/** For use without an engine: always there. */
export const alwaysPresent: Presence = () => Promise.resolve(true);

/**
 * Asks the engine's address by a bare TCP connection. It is refused as soon as the CLI is gone; a
 * plugin that lives on as an orphan must then start nothing more (docs/discoveries/engine.md).
 *
 * @param address `host:port`, the first argument of the plugin process
 */
export function engineAt(address: string): Presence {
  const at = address.lastIndexOf(":");
  const host = address.slice(0, at);
  const port = Number(address.slice(at + 1));
  if (at < 0 || !Number.isInteger(port)) return alwaysPresent;
  return () =>
    new Promise((resolve) => {
      const socket = connect({ host, port });
      const answer = (present: boolean) => (): void => {
        socket.destroy();
        resolve(present);
      };
      socket.setTimeout(5_000, answer(true));
      socket.once("connect", answer(true));
      socket.once("error", answer(false));
    });
}
