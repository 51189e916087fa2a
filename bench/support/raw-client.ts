import { connect, type Socket } from "node:net";

export type Answered = {
  readonly milliseconds: number;
  /** Answers that were not 200. */
  readonly refused: number;
  /** Of the last answer's body. */
  readonly bodyBytes: number;
};

/**
 * Sends ready-made requests over a few connections, one after the other on each: a client that
 * costs so little that what is measured is the server.
 */
export async function sendAll(
  url: string,
  requests: readonly Buffer[],
  connections = 8,
): Promise<Answered> {
  const { hostname, port } = new URL(url);
  const sockets = await Promise.all(
    Array.from({ length: connections }, () => open(hostname, Number(port))),
  );
  const started = performance.now();
  let next = 0;
  const take = (): Buffer | undefined => requests[next++];
  const ends = await Promise.all(sockets.map((socket) => drive(socket, take)));
  const milliseconds = performance.now() - started;
  for (const socket of sockets) socket.destroy();
  return {
    milliseconds,
    refused: ends.reduce((sum, { refused }) => sum + refused, 0),
    bodyBytes: Math.max(...ends.map(({ bodyBytes }) => bodyBytes)),
  };
}

function open(host: string, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true }, () => resolve(socket));
    socket.once("error", reject);
  });
}

type End = { readonly refused: number; readonly bodyBytes: number };

function drive(socket: Socket, take: () => Buffer | undefined): Promise<End> {
  return new Promise((resolve, reject) => {
    let [refused, bodyBytes, received] = [0, 0, ""];
    const send = (): void => {
      const request = take();
      if (request === undefined) resolve({ refused, bodyBytes });
      else socket.write(request);
    };
    socket.on("data", (piece) => {
      received += piece.toString("latin1");
      const head = received.indexOf("\r\n\r\n");
      if (head < 0) return;
      const length = Number(/content-length: (\d+)/i.exec(received)?.[1]);
      if (received.length < head + 4 + length) return;
      if (!received.startsWith("HTTP/1.1 200 ")) refused += 1;
      bodyBytes = length;
      received = "";
      send();
    });
    socket.once("error", reject);
    socket.once("close", () => reject(new Error("the server closed a connection")));
    send();
  });
}
