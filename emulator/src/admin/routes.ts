import { EmulatorError } from "../errors.js";
import type { Emulator, EmulatorControls } from "../emulator-api.js";
import type { FaultRule } from "../faults/fault-rule.js";
import type { RequestFilter } from "../request-log/entry.js";
import type { PublicCommandSeed, Snapshot } from "../service.js";

/** What a route is called with. */
export type AdminCall = {
  /** The parts of the path that stand for `:name`, in order. */
  readonly names: readonly string[];
  readonly query: URLSearchParams;
  /** The parsed body; undefined when there was none. */
  readonly body: unknown;
};

type Handler = (emulator: Emulator, call: AdminCall) => unknown;
export type Route = { readonly method: string; readonly path: string; readonly run: Handler };

/** Everything below /_emulator/. An answer of undefined is sent as `null`. */
export const ROUTES: readonly Route[] = [
  { method: "GET", path: "health", run: (e) => health(e) },
  { method: "POST", path: "reset", run: (e) => e.reset() },

  { method: "GET", path: "requests", run: (e, c) => e.requests.list(filterOf(c.query)) },
  {
    method: "GET",
    path: "requests/wait",
    run: (e, c) => {
      const timeoutMs = number(c.query, "timeoutMs");
      return e.requests.wait(filterOf(c.query), number(c.query, "count") ?? 1, timeoutMs);
    },
  },
  {
    method: "DELETE",
    path: "requests",
    run: (e) => {
      e.requests.clear();
    },
  },

  { method: "GET", path: "clock", run: (e) => clock(e) },
  { method: "POST", path: "clock", run: (e, c) => moveClock(e, c.body) },

  { method: "GET", path: "faults", run: (e) => e.faults.list() },
  { method: "POST", path: "faults", run: (e, c) => e.faults.add(object(c.body) as FaultRule) },
  {
    method: "DELETE",
    path: "faults",
    run: (e) => {
      e.faults.clear();
    },
  },
  { method: "DELETE", path: "faults/:id", run: (e, c) => e.faults.remove(name(c)) },

  { method: "GET", path: "limits", run: (e) => e.limits.get() },
  {
    method: "PATCH",
    path: "limits",
    run: (e, c) => e.limits.set(object(c.body)),
  },

  { method: "GET", path: "instances", run: (e) => e.instances.list() },
  {
    method: "POST",
    path: "instances",
    run: (e, c) => e.instances.add(object(c.body)),
  },
  { method: "GET", path: "instances/:id", run: (e, c) => e.instances.get(name(c)) },
  {
    method: "PATCH",
    path: "instances/:id",
    run: (e, c) => e.instances.update(name(c), object(c.body)),
  },
  {
    method: "DELETE",
    path: "instances/:id",
    run: (e, c) => {
      e.instances.remove(name(c));
    },
  },
  {
    method: "PATCH",
    path: "instances/:id/agent",
    run: (e, c) => e.instances.agent(name(c), object(c.body)),
  },
  { method: "POST", path: "instances/:id/boot", run: (e, c) => e.instances.boot(name(c)) },
  { method: "POST", path: "instances/:id/stop", run: (e, c) => e.instances.stop(name(c)) },
  { method: "POST", path: "instances/:id/reboot", run: (e, c) => e.instances.reboot(name(c)) },
  { method: "GET", path: "instances/:id/root", run: (e, c) => e.instances.root(name(c)) },

  {
    method: "POST",
    path: "public-commands",
    run: (e, c) => {
      e.publicCommands.add(object(c.body) as PublicCommandSeed);
    },
  },
  { method: "GET", path: "invocations", run: (e) => e.invocations() },
  {
    method: "GET",
    path: "invocations/:id/:instance/output",
    run: (e, c) => e.output(name(c), name(c, 1)),
  },
  { method: "GET", path: "tasks", run: (e) => e.tasks() },
  { method: "GET", path: "events", run: (e, c) => e.events.list(number(c.query, "afterSeq")) },
  {
    method: "GET",
    path: "events/next",
    run: (e, c) => e.events.next(number(c.query, "afterSeq"), number(c.query, "timeoutMs")),
  },

  { method: "GET", path: "snapshot", run: (e) => e.snapshot() },
  { method: "PUT", path: "snapshot", run: (e, c) => e.load(object(c.body) as Snapshot) },
];

export type Found =
  | { readonly kind: "route"; readonly route: Route; readonly names: readonly string[] }
  | { readonly kind: "wrong-method"; readonly allowed: readonly string[] }
  | { readonly kind: "none" };

/** Finds the route of a path without its leading `/_emulator/`. */
export function findRoute(method: string, path: string): Found {
  const parts = path.split("/").map(decodePart);
  const allowed: string[] = [];
  for (const route of ROUTES) {
    const names = namesIn(route.path.split("/"), parts);
    if (names === undefined) continue;
    if (route.method === method) return { kind: "route", route, names };
    allowed.push(route.method);
  }
  return allowed.length > 0 ? { kind: "wrong-method", allowed } : { kind: "none" };
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch (cause) {
    throw new EmulatorError("InvalidOption", `The path part ${part} has a broken escape.`, {
      cause,
    });
  }
}

function namesIn(pattern: readonly string[], parts: readonly string[]): string[] | undefined {
  if (pattern.length !== parts.length) return undefined;
  const names: string[] = [];
  for (const [i, expected] of pattern.entries()) {
    const part = parts[i] ?? "";
    if (expected.startsWith(":")) names.push(part);
    else if (expected !== part) return undefined;
  }
  return names;
}

function health(emulator: Emulator): Record<string, unknown> {
  const { url, port, regionId, accountId, accessKeyId, accessKeySecret } = emulator;
  const { accounts, isolation } = emulator;
  return {
    ...{ emulator: "cloud-assistant-emulator", url, port, regionId, accountId },
    ...{ accessKeyId, accessKeySecret, accounts, isolation },
  };
}

function clock({ clock }: EmulatorControls): Record<string, unknown> {
  const nowMs = clock.now();
  return { nowMs, now: new Date(nowMs).toISOString() };
}

async function moveClock(emulator: Emulator, body: unknown): Promise<Record<string, unknown>> {
  const { advanceMs, advanceTo } = object(body);
  if (typeof advanceMs === "number") await emulator.clock.advance(advanceMs);
  else if (typeof advanceTo === "number" || typeof advanceTo === "string") {
    await emulator.clock.advanceTo(advanceTo);
  } else {
    throw new EmulatorError(
      "InvalidOption",
      'Send {"advanceMs": number} or {"advanceTo": ISO 8601 or milliseconds}.',
    );
  }
  return clock(emulator);
}

function filterOf(query: URLSearchParams): RequestFilter {
  const action = query.getAll("action");
  const accountId = query.get("accountId");
  const committed = query.get("committed");
  const afterSeq = number(query, "afterSeq");
  return {
    ...(action.length > 0 ? { action } : {}),
    ...(accountId === null ? {} : { accountId }),
    ...(committed === null ? {} : { committed: committed === "true" }),
    ...(afterSeq === undefined ? {} : { afterSeq }),
  };
}

function number(query: URLSearchParams, key: string): number | undefined {
  const text = query.get(key);
  if (text === null) return undefined;
  const value = Number(text);
  if (text !== "" && Number.isFinite(value)) return value;
  throw new EmulatorError("InvalidOption", `${key} is ${JSON.stringify(text)}, not a number.`);
}

function name(call: AdminCall, index = 0): string {
  return call.names[index] ?? "";
}

function object(body: unknown): Record<string, unknown> {
  if (typeof body === "object" && body !== null && !Array.isArray(body)) {
    return body as Record<string, unknown>;
  }
  throw new EmulatorError("InvalidOption", "The body must be a JSON object.");
}
