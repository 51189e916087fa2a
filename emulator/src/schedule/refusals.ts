import type { Refusal } from "./types.js";

// The agent's own texts, its spelling kept (read in agent/taskengine/timermanager, release v578).
const ZONE_TEXT = "Information of sepcified timezone in cron expression cannot be parsed";
const RATE_TEXT = "invalid rate expression cannot be parsed";

/** Errors that the agent posts as a bare code, which is the API's ErrorCode too. */
export type PlainCode =
  | "TimezoneInformationCorrupt"
  | "InvalidGMTOffsetForTimezone"
  | "CronExpressionExpired"
  | "InvalidRateExpression"
  | "RateFrequencyTooLarge"
  | "InvalidAtExpression";

export function plainRefusal(code: PlainCode): Refusal {
  return { errorCode: code, reported: code };
}

/** A wrong number of fields. The API documents no `InvalidCronExpression`, so it shows the general code. */
export const WRONG_FIELD_COUNT: Refusal = {
  errorCode: "BadCronExpression",
  reported: "InvalidCronExpression",
};

/** The cron parser's complaints have no code: the agent posts the text. */
export function cronSyntax(reported: string): Refusal {
  return { errorCode: "BadCronExpression", reported };
}

export function zoneNotLoaded(cause: string): Refusal {
  const code = "TimezoneInformationCorrupt";
  return { errorCode: code, reported: `${code}: ${ZONE_TEXT}: ${cause}` };
}

export function rateNotUsable(cause: string): Refusal {
  const code = "InvalidRateExpression";
  return { errorCode: code, reported: `${code}: ${RATE_TEXT}: ${cause}` };
}

/** A time that does not parse: the agent posts the text of its language's library. */
export function atSyntax(reported: string): Refusal {
  return { errorCode: "InvalidAtExpression", reported };
}
