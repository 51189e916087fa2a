import type { IncomingHttpHeaders } from "node:http";

/**
 * Why a request may not use the emulator, or undefined. Only this machine can connect, but a page
 * in a browser on this machine is as near as a program: it is known by what browsers add, and a
 * name that someone made point here (DNS rebinding) by its Host.
 */
export function foreignRequest(headers: IncomingHttpHeaders, port: number): string | undefined {
  const { host } = headers;
  if (host === undefined || !isOwnHost(host, port)) {
    return `the Host header is ${JSON.stringify(host ?? "")}, not 127.0.0.1:${port} or localhost:${port}`;
  }
  return foreignPage(headers);
}

/** Why a request must be a page's of another site, or undefined. Programs send none of this. */
export function foreignPage(headers: IncomingHttpHeaders): string | undefined {
  const { host, origin } = headers;
  if (origin !== undefined && origin !== `http://${host ?? ""}`) {
    return `the request comes from ${origin}`;
  }
  const site = headers["sec-fetch-site"];
  if (site !== undefined && site !== "same-origin" && site !== "none") {
    return "the request comes from a page of another site";
  }
  return undefined;
}

function isOwnHost(host: string, port: number): boolean {
  return host === `127.0.0.1:${port}` || host.toLowerCase() === `localhost:${port}`;
}
