import { randomBytes } from "node:crypto";
import { pino } from "pino";
import { defaultAccount, defaultSecret } from "./accounts.js";
import { createAdmin } from "./admin/admin.js";
import { Closers } from "./closers.js";
import { createControls } from "./controls.js";
import type { Emulator, EmulatorInfo, Isolation } from "./emulator-api.js";
import { EmulatorError } from "./errors.js";
import { FaultBook } from "./faults/fault-book.js";
import { seededRandom } from "./faults/seeded-random.js";
import { keyRing, type Account } from "./gates/credentials.js";
import { NonceMemory } from "./gates/freshness.js";
import { ThrottleWindows } from "./gates/throttle.js";
import { openBack } from "./open-back.js";
import { checkOptions, DEFAULT_REGION, type EmulatorOptions } from "./options.js";
import { RequestLog } from "./request-log/request-log.js";
import { openDoor } from "./server/door.js";
import { createFront } from "./server/front.js";
import type { ListeningServer } from "./server/http-server.js";
import { requestIds } from "./server/request-id.js";
import { Timers } from "./server/timers.js";
import type { Service } from "./service.js";

/**
 * Starts an emulator in this process. Any number may run side by side; each has its own port,
 * state and clock.
 *
 * @throws EmulatorError InvalidOption, PortInUse, DataInUse, DataDamaged, DataNewer or
 * IsolationUnavailable. Nothing is left behind then.
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  checkOptions(options);
  const closers = new Closers();
  try {
    return await start(options, closers);
  } catch (error) {
    await closers.close();
    throw error;
  }
}

async function start(options: EmulatorOptions, closers: Closers): Promise<Emulator> {
  const logger = options.logger ?? pino({ level: "silent" });
  const seed = options.seed ?? randomBytes(8).toString("hex");
  // The port first: what a data folder remembers is not woken for a start that cannot be.
  const { server, open } = await openDoor(options.port ?? 0);
  closers.add(() => server.close());

  const back = await openBack(options, logger, closers);
  const { service, clock } = back;
  const info = infoOf(options, server, back.isolation());

  const log = new RequestLog(options.requestLog);
  const faults = new FaultBook(() => seededRandom(`${seed}/faults`), options.faults);
  const timers = new Timers();
  const closed = new AbortController();
  closers.add(() => {
    closed.abort(new EmulatorError("Unreachable", "The emulator was closed."));
    timers.clear();
  });
  const throttle = new ThrottleWindows();
  const controls = createControls({
    ...{ service, clock, log, faults, throttle },
    root: back.root,
    closed: closed.signal,
  });
  const emulator: Emulator = { ...info, ...controls, close: () => closers.close() };
  open({
    admin: createAdmin(emulator, logger),
    api: createFront({
      ...{ service, faults, throttle, log, logger },
      regionId: info.regionId,
      keys: keyRing(info.accounts),
      nonces: new NonceMemory(),
      callsPerMinute: (action) => callsPerMinute(service, action),
      newRequestId: requestIds(
        options.seed === undefined ? undefined : seededRandom(`${seed}/requests`),
      ),
      wallNow: Date.now,
      now: () => clock.now(),
      later: (ms, run) => {
        timers.after(ms, run);
      },
    }),
  });
  // First to be closed: nobody is to ask what is being taken down.
  closers.add(() => server.close());
  logger.info({ url: info.url, isolation: info.isolation, seed }, "ready");
  return emulator;
}

function infoOf(
  options: EmulatorOptions,
  server: ListeningServer,
  isolation: Isolation,
): EmulatorInfo {
  const accounts: readonly Account[] = options.accounts ?? [
    defaultAccount(defaultSecret(options.data)),
  ];
  const [first] = accounts;
  if (first === undefined) throw new EmulatorError("InvalidOption", "accounts is empty.");
  const { accountId, accessKeyId, accessKeySecret } = first;
  return {
    url: server.url,
    port: server.port,
    regionId: options.regionId ?? DEFAULT_REGION,
    ...{ accountId, accessKeyId, accessKeySecret, accounts, isolation },
  };
}

function callsPerMinute(service: Service, action: string): number | undefined {
  const { perMinute, byAction } = service.admin.limits.get().throttle;
  return byAction?.[action] ?? perMinute;
}
