import { ACTIONS, isActionName, isRegionId } from "cloud-assistant-api";
import type { Logger } from "pino";
import type { Call, Done, Effect } from "./actions/parts/call.js";
import { clientTokens } from "./client-tokens.js";
import type { Clock } from "./clock/clock.js";
import type { Control } from "./control/control.js";
import { EmulatorError } from "./errors.js";
import type { Limits } from "./limits.js";
import type { NewInstanceDefaults } from "./new-instance.js";
import { OPERATIONS, type Operation } from "./registry.js";
import type { ApiRequest, ApiResponse, HandleOptions, InstanceSeed } from "./service-api.js";
import type { InstanceRecord } from "./state/records.js";
import type { Realm } from "./state/realm.js";
import type { Store } from "./state/store.js";
import { isRefused, missing, refuse, type Refused } from "./validations/rules/refusal.js";

export type HandlerDeps = {
  readonly store: Store;
  readonly control: Control;
  readonly clock: Clock;
  readonly limits: () => Limits;
  readonly accounts: ReadonlySet<string>;
  readonly newInstance: (
    seed: InstanceSeed,
    defaults: Omit<NewInstanceDefaults, "backend">,
  ) => InstanceRecord;
  readonly log: Logger | undefined;
};

/** One request after the other: validation, action, state, and only then the power. */
export function createHandler(deps: HandlerDeps): {
  handle: (request: ApiRequest, options?: HandleOptions) => ApiResponse;
} {
  return {
    handle: (request, options = {}) => {
      try {
        const answer = serve(deps, request, options);
        return isRefused(answer) ? refusal(request, answer) : success(request, answer);
      } catch (reason) {
        deps.log?.error({ action: request.action, err: reason }, "a request failed");
        return refusal(request, internal(reason));
      }
    },
  };
}

function serve(
  deps: HandlerDeps,
  request: ApiRequest,
  options: HandleOptions,
): Done["body"] | Refused {
  const { store, clock, limits } = deps;
  const operation = isActionName(request.action) ? OPERATIONS[request.action] : undefined;
  if (operation === undefined || !isActionName(request.action))
    return unknownAction(request.action);
  if (!deps.accounts.has(request.accountId)) return refuse("Operation.Forbidden");
  const region = checkRegion(operation, request.regionId);
  if (region !== undefined) return region;

  const realm = store.realm(request.accountId, request.regionId);
  deps.control.forgetOld(realm);
  const { mutating, hasClientToken } = ACTIONS[request.action];
  const staleMs = mutating ? 0 : (options.staleMs ?? 0);
  const seen = staleMs > 0 ? store.asOf(realm, clock.now() - staleMs) : realm;

  const tokens = hasClientToken ? clientTokens(realm, request, clock.now(), limits()) : undefined;
  const replay = tokens?.earlier();
  if (replay !== undefined) return replay;
  const outcome = operation.run(callOf(deps, request, seen), request.params, limits());
  if (isRefused(outcome)) return outcome;
  const remembered = tokens?.remember(outcome.body) ?? [];
  store.commit(realm, clock.now(), [...(outcome.changes ?? []), ...remembered]);
  for (const effect of outcome.effects ?? []) carryOut(deps.control, realm, effect);
  return outcome.body;
}

function callOf(deps: HandlerDeps, request: ApiRequest, realm: Realm): Call {
  const { store, control, clock, limits } = deps;
  const { accountId, accessKeyId, regionId } = request;
  const newId = (prefix: string): string => store.nextId(prefix, regionId);
  const newSeq = (): number => store.nextSeq();
  const nowMs = clock.now();
  return {
    accountId,
    accessKeyId,
    regionId,
    realm,
    nowMs,
    limits: limits(),
    publicCommands: store.publicCommands,
    newId,
    newSeq,
    newInstance: (seed) => deps.newInstance(seed, { nowMs, regionId, newId, newSeq }),
    find: (instanceId) => {
      const placed = control.find(instanceId);
      return placed?.realm.accountId === accountId ? placed : undefined;
    },
    live: (invokeId, instanceId) => control.liveOutput(invokeId, instanceId),
  };
}

function carryOut(control: Control, realm: Realm, effect: Effect): void {
  switch (effect.kind) {
    case "accepted":
      control.accepted(realm, effect.invokeId);
      return;
    case "modified":
      control.modified(realm, effect.invokeId);
      return;
    case "stop":
      control.stopInvocation(realm, effect.invokeId, effect.instanceIds);
      return;
    case "added":
    case "start":
    case "stop-machine":
    case "reboot":
    case "release": {
      const placed = control.find(effect.instanceId);
      if (placed !== undefined) movePower(control, placed.realm, placed.instance, effect.kind);
    }
  }
}

function movePower(
  control: Control,
  realm: Realm,
  instance: InstanceRecord,
  what: "added" | "start" | "stop-machine" | "reboot" | "release",
): void {
  const { power } = control;
  switch (what) {
    case "added":
      power.added(realm, instance);
      return;
    case "start":
      power.start(realm, instance);
      return;
    case "stop-machine":
      power.stop(realm, instance);
      return;
    case "reboot":
      power.reboot(realm, instance);
      return;
    case "release":
      power.release(realm, instance);
  }
}

function checkRegion(operation: Operation, regionId: string): Refused | undefined {
  switch (operation.region) {
    case "any":
      return undefined;
    case "sent":
      if (regionId === "") return missing("RegionId");
      break;
    case "account":
      // The one operation that words it otherwise.
      if (regionId === "") return refuse("Invalid.Parameter");
  }
  return isRegionId(regionId) ? undefined : refuse("InvalidRegionId.NotFound");
}

function success(request: ApiRequest, body: Done["body"]): ApiResponse {
  return { status: 200, body: { RequestId: request.requestId, ...body } };
}

function refusal(request: ApiRequest, { refused }: Refused): ApiResponse {
  const { status, code, message } = refused;
  const product = isActionName(request.action) ? ACTIONS[request.action].product : "Ecs";
  return {
    status,
    body: {
      RequestId: request.requestId,
      HostId: `${product.toLowerCase()}.aliyuncs.com`,
      Code: code,
      Message: message,
      Recommend:
        `https://api.aliyun.com/troubleshoot?q=${encodeURIComponent(code)}` +
        `&product=${product}&requestId=${request.requestId}`,
    },
  };
}

function unknownAction(action: string): Refused {
  return {
    refused: {
      status: 501,
      code: "Emulator.NotImplemented",
      message: `cloud-assistant-emulator does not implement the action ${action}.`,
    },
  };
}

/** A journal that cannot be written is the only thing that should come here. */
function internal(reason: unknown): Refused {
  return refuse("InternalError", EmulatorError.from(reason).message);
}
