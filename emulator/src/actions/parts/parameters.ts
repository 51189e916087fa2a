import { DEFAULT_LIMITS, type ApiErrorCode } from "cloud-assistant-api";
import { refuse, type Refused } from "../../validations/rules/refusal.js";

export type ParameterCodes = {
  readonly notJson: ApiErrorCode;
  readonly count: ApiErrorCode;
  readonly keyEmpty: ApiErrorCode;
  readonly keyLength: ApiErrorCode;
  readonly keyDuplicate: ApiErrorCode;
  readonly type: ApiErrorCode;
  readonly notMatched: ApiErrorCode;
};

export const INVOKE_PARAMETER_CODES: ParameterCodes = {
  notJson: "InvalidParameter.Parameters",
  count: "ParameterCount.ExceedLimit",
  keyEmpty: "InvalidParameter.Parameters",
  keyLength: "ParameterKey.ExceedLimit",
  keyDuplicate: "ParameterKey.Duplicate",
  type: "ParameterType.NotSupported",
  notMatched: "Parameter.NotMatched",
};

/** ModifyInvocationAttribute has a family of its own. */
export const MODIFY_PARAMETER_CODES: ParameterCodes = {
  notJson: "InvalidParameters.KeyMalformed",
  count: "InvalidParameters.CountLimitExceeded",
  keyEmpty: "InvalidParameters.KeyEmpty",
  keyLength: "InvalidParameters.KeyLengthLimitExceeded",
  keyDuplicate: "InvalidParameters.KeyDuplicate",
  type: "InvalidParameters.ValueTypeUnsupported",
  notMatched: "InvalidParameters.KeyNotMatch",
};

export type Parameters = Readonly<Record<string, string>>;

/** Parameters as sent: one JSON text. Undefined, "" and {} are none. */
export function readParameters(
  given: string | undefined,
  names: readonly string[],
  codes: ParameterCodes,
): Parameters | Refused {
  if (given === undefined || given === "") return {};
  const value = parseObject(given);
  if (value === undefined) return refuse(codes.notJson);
  const entries = Object.entries(value);
  if (entries.length > DEFAULT_LIMITS.parametersPerCall.value) return refuse(codes.count);
  const known = new Set(names.map((name) => name.toLowerCase()));
  const seen = new Set<string>();
  for (const [key, item] of entries) {
    const lower = key.toLowerCase();
    if (key === "") return refuse(codes.keyEmpty);
    if (Buffer.byteLength(key) > DEFAULT_LIMITS.parameterNameBytes.value) {
      return refuse(codes.keyLength);
    }
    if (seen.has(lower)) return refuse(codes.keyDuplicate);
    if (typeof item !== "string") return refuse(codes.type);
    if (!known.has(lower)) return refuse(codes.notMatched);
    seen.add(lower);
  }
  return value as Parameters;
}

function parseObject(text: string): Record<string, unknown> | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject ? (value as Record<string, unknown>) : undefined;
}
