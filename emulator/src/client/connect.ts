import type { EmulatorInfo, RemoteEmulator } from "../emulator-api.js";
import { EmulatorError, type EmulatorErrorCode } from "../errors.js";
import type { RequestFilter } from "../request-log/entry.js";
import type { ServiceEvent } from "../service.js";

/**
 * The controls of an emulator in another process on this machine, given the `url` of its ready line.
 *
 * @throws EmulatorError Unreachable when nothing, or something else, answers there. The controls
 * throw what the emulator throws, with its code.
 */
export async function connectEmulator(url: string): Promise<RemoteEmulator> {
  const call = caller(url.replace(/\/+$/, ""));
  const { emulator, ...info } = (await call("GET", "health")) as EmulatorInfo & {
    readonly emulator?: string;
  };
  if (emulator !== "cloud-assistant-emulator") {
    throw new EmulatorError("Unreachable", `What answers at ${url} is not an emulator.`);
  }
  return { ...info, ...remoteControls(call) };
}

type Query = Readonly<Record<string, string | readonly string[] | undefined>>;
type Call = (method: string, path: string, body?: unknown, query?: Query) => Promise<unknown>;
type Controls = Omit<RemoteEmulator, keyof EmulatorInfo>;

// Each answer is what the route of the same name gave; routes and controls have one type.
function remoteControls(call: Call): Controls {
  const get = async <T>(path: string, query?: Query): Promise<T> =>
    (await call("GET", path, undefined, query)) as T;
  const send = async <T>(method: string, path: string, body?: unknown): Promise<T> =>
    (await call(method, path, body)) as T;
  const optional = async <T>(path: string): Promise<T | undefined> =>
    (await get<T | null>(path)) ?? undefined;
  const at = (id: string): string => `instances/${encodeURIComponent(id)}`;
  const done = async (method: string, path: string, body?: unknown): Promise<void> => {
    await call(method, path, body);
  };
  return {
    requests: {
      list: (filter) => get("requests", filterQuery(filter)),
      wait: (filter, count = 1, timeoutMs) =>
        patiently(timeoutMs, (ms) =>
          get("requests/wait", { ...filterQuery(filter), count: `${count}`, timeoutMs: `${ms}` }),
        ),
      clear: () => done("DELETE", "requests"),
    },
    clock: {
      now: async () => (await get<{ readonly nowMs: number }>("clock")).nowMs,
      advance: (advanceMs) => done("POST", "clock", { advanceMs }),
      advanceTo: (advanceTo) => done("POST", "clock", { advanceTo }),
    },
    faults: {
      add: (rule) => send("POST", "faults", rule),
      remove: (id) => send("DELETE", `faults/${encodeURIComponent(id)}`),
      list: () => get("faults"),
      clear: () => done("DELETE", "faults"),
    },
    limits: { get: () => get("limits"), set: (patch) => send("PATCH", "limits", patch) },
    instances: {
      list: () => get("instances"),
      get: (id) => optional(at(id)),
      add: (seed) => send("POST", "instances", seed),
      update: (id, patch) => send("PATCH", at(id), patch),
      agent: (id, patch) => send("PATCH", `${at(id)}/agent`, patch),
      boot: (id) => send("POST", `${at(id)}/boot`),
      stop: (id) => send("POST", `${at(id)}/stop`),
      reboot: (id) => send("POST", `${at(id)}/reboot`),
      remove: (id) => done("DELETE", at(id)),
      root: (id) => optional(`${at(id)}/root`),
    },
    publicCommands: { add: (seed) => done("POST", "public-commands", seed) },
    events: {
      list: (afterSeq) => get("events", { afterSeq: afterSeq?.toString() }),
      next: async (afterSeq, timeoutMs) => {
        const from = afterSeq ?? (await get<ServiceEvent[]>("events")).at(-1)?.seq ?? 0;
        return patiently(timeoutMs, (ms) =>
          get("events/next", { afterSeq: `${from}`, timeoutMs: `${ms}` }),
        );
      },
    },
    invocations: () => get("invocations"),
    tasks: () => get("tasks"),
    output: (invokeId, instanceId) =>
      optional(
        `invocations/${encodeURIComponent(invokeId)}/${encodeURIComponent(instanceId)}/output`,
      ),
    snapshot: () => get("snapshot"),
    load: (snapshot) => done("PUT", "snapshot", snapshot),
    reset: () => done("POST", "reset"),
  };
}

/** Longest single request: below what HTTP clients wait for an answer. */
const WAIT_MS = 60_000;

/** Asks again and again, since one request cannot stay open for long. */
async function patiently<T>(
  timeoutMs: number | undefined,
  ask: (timeoutMs: number) => Promise<T>,
): Promise<T> {
  const deadline = timeoutMs === undefined ? Infinity : Date.now() + timeoutMs;
  for (;;) {
    const left = deadline - Date.now();
    try {
      return await ask(Math.max(0, Math.min(WAIT_MS, left)));
    } catch (error) {
      const timedOut = error instanceof EmulatorError && error.code === "TimedOut";
      if (!timedOut || left <= WAIT_MS) throw error;
    }
  }
}

function caller(url: string): Call {
  return async (method, path, body, query = {}) => {
    const search = new URLSearchParams();
    for (const [key, value] of Object.entries(query)) {
      const values = value === undefined ? [] : typeof value === "string" ? [value] : value;
      for (const each of values) search.append(key, each);
    }
    const target = `${url}/_emulator/${path}${search.size > 0 ? `?${search.toString()}` : ""}`;
    let response: Response;
    let answer: unknown;
    try {
      response = await fetch(target, {
        method,
        ...(body === undefined
          ? {}
          : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
      });
      answer = await response.json();
    } catch (cause) {
      throw new EmulatorError("Unreachable", `No emulator answers at ${url}.`, { cause });
    }
    if (response.ok) return answer;
    throw errorFrom(answer, response.status);
  };
}

function errorFrom(answer: unknown, status: number): EmulatorError {
  const { error } = answer as {
    readonly error?: { readonly code: EmulatorErrorCode; readonly message: string };
  };
  return error === undefined
    ? new EmulatorError("Unreachable", `The emulator answered with status ${status}.`)
    : new EmulatorError(error.code, error.message);
}

function filterQuery(filter: RequestFilter = {}): Query {
  const { action, accountId, committed, afterSeq } = filter;
  return { action, accountId, committed: committed?.toString(), afterSeq: afterSeq?.toString() };
}
