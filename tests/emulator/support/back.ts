import type { ApiResponse, Service, ServiceOptions } from "../../../emulator/src/service.js";
import { openService } from "../../../emulator/src/service.js";
import type { Clock } from "../../../emulator/src/clock/index.js";
import { createClock } from "../../../emulator/src/clock/index.js";

export const ACCOUNT = "1000000000000001";
export const OTHER_ACCOUNT = "2000000000000002";
export const REGION = "cn-hangzhou";
export const START = "2026-03-01T00:00:00Z";

/** Values are texts, numbers, booleans, lists of text (`InstanceId.1`, …) or of objects (`Tag.1.Key`, …). */
export type Params = object;

/** The back of an emulator on a virtual clock, asked as the front asks it. */
export type Back = {
  readonly service: Service;
  readonly clock: Clock;
  /** The body of a success; anything else fails the test. */
  ok(action: string, params?: Params, options?: CallOptions): any;
  /** The code of a refusal; a success fails the test. */
  refused(action: string, params?: Params, options?: CallOptions): string;
  call(action: string, params?: Params, options?: CallOptions): ApiResponse;
  /** Lets everything happen that is due now. */
  settle(): Promise<void>;
  /** Seconds. */
  advance(seconds: number): Promise<void>;
  close(): Promise<void>;
};

export type CallOptions = {
  readonly accountId?: string;
  readonly regionId?: string;
  readonly staleMs?: number;
};

export async function openBack(
  options: Partial<ServiceOptions> & { readonly now?: string } = {},
): Promise<Back> {
  const clock = options.clock ?? createClock({ mode: "virtual", now: options.now ?? START });
  const service = await openService({
    regionId: REGION,
    accounts: [
      { accountId: ACCOUNT, accessKeyId: "key-1" },
      { accountId: OTHER_ACCOUNT, accessKeyId: "key-2" },
    ],
    seed: "tests",
    ...options,
    clock,
  });
  let requests = 0;
  const call = (action: string, params: Params = {}, at: CallOptions = {}): ApiResponse => {
    requests += 1;
    return service.handle(
      {
        action,
        version: "2014-05-26",
        regionId: at.regionId ?? REGION,
        accountId: at.accountId ?? ACCOUNT,
        accessKeyId: "key-1",
        params: flatten(params),
        requestId: `request-${requests}`,
      },
      at.staleMs === undefined ? {} : { staleMs: at.staleMs },
    );
  };
  const settle = async (): Promise<void> => {
    await clock.advanceTo(clock.now());
  };
  return {
    service,
    clock,
    call,
    settle,
    ok: (action, params, at) => {
      const { status, body } = call(action, params, at);
      if (status !== 200)
        throw new Error(`${action}: ${String(body.Code)} ${String(body.Message)}`);
      return body;
    },
    refused: (action, params, at) => {
      const { status, body } = call(action, params, at);
      if (status === 200) throw new Error(`${action} was accepted: ${JSON.stringify(body)}`);
      return String(body.Code);
    },
    advance: (seconds) => clock.advanceTo(clock.now() + seconds * 1_000),
    close: async () => {
      await service.close();
      clock.close();
    },
  };
}

/** As a client flattens it. */
export function flatten(params: Params): Record<string, string> {
  const flat: Record<string, string> = {};
  const set = (name: string, value: unknown): void => {
    if (Array.isArray(value)) value.forEach((item, index) => set(`${name}.${index + 1}`, item));
    else if (typeof value === "object" && value !== null) {
      for (const [key, item] of Object.entries(value)) set(`${name}.${key}`, item);
    } else if (typeof value === "string") flat[name] = value;
    else if (typeof value === "number" || typeof value === "boolean") flat[name] = String(value);
  };
  for (const [name, value] of Object.entries(params)) set(name, value);
  return flat;
}

export function base64(text: string): string {
  return Buffer.from(text, "utf8").toString("base64");
}

export function tag(Key: string, Value: string): { Key: string; Value: string } {
  return { Key, Value };
}
