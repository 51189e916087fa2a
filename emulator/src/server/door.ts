import { listen, type HttpHandlers, type ListeningServer } from "./http-server.js";

/** Takes the port at once and answers 503 until what stands behind it is ready. */
export async function openDoor(
  port: number,
): Promise<{ readonly server: ListeningServer; readonly open: (handlers: HttpHandlers) => void }> {
  let handlers: HttpHandlers | undefined;
  const starting = { Code: "ServiceUnavailable", Message: "cloud-assistant-emulator is starting." };
  const body = JSON.stringify(starting);
  const contentType = "application/json;charset=utf-8";
  const server = await listen(port, {
    api: (wire, deliver) => {
      if (handlers === undefined) deliver({ kind: "answer", status: 503, contentType, body }, "");
      else handlers.api(wire, deliver);
    },
    admin: (request, response) => {
      if (handlers !== undefined) return handlers.admin(request, response);
      response.writeHead(503, { "content-type": contentType }).end(body);
      return undefined;
    },
  });
  return {
    server,
    open: (ready) => {
      handlers = ready;
    },
  };
}
