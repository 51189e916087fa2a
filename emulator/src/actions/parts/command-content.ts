import { DEFAULT_LIMITS } from "cloud-assistant-api";
import { parameterNames, placeholderProblem } from "../../control/substitute.js";
import type { Limits } from "../../limits.js";
import { refuse, type Refused } from "../../validations/rules/refusal.js";
import { decodeContent, encodedLength } from "./content.js";
import type { ContentEncoding } from "cloud-assistant-api";
import { isRefused } from "../../validations/rules/refusal.js";

export type CheckedContent = {
  /** Base64. */
  readonly content: string;
  readonly parameterNames: readonly string[];
};

/** A command's content as CreateCommand and RunCommand take it. */
export function checkContent(
  given: string,
  encoding: ContentEncoding,
  enableParameter: boolean,
  limits: Pick<Limits, "contentBytes">,
): CheckedContent | Refused {
  const bytes = decodeContent(given, encoding);
  if (isRefused(bytes)) return bytes;
  if (encodedLength(bytes.length) > limits.contentBytes) return refuse("CmdContent.ExceedLimit");
  const content = bytes.toString("base64");
  if (!enableParameter) return { content, parameterNames: [] };
  switch (placeholderProblem(bytes)) {
    case "empty":
      return refuse("CmdParam.EmptyKey");
    case "illegal":
      return refuse("CmdParam.InvalidParamName");
    case "too-long":
      return refuse("CmdParamName.ExceedLimit");
    case undefined: {
      const names = parameterNames(bytes);
      return names.length > DEFAULT_LIMITS.placeholdersPerCommand.value
        ? refuse("CmdParamCount.ExceedLimit")
        : { content, parameterNames: names };
    }
  }
}

/** The time-out of a command or an invocation: what is below 10 seconds becomes 10. */
export function timeoutSeconds(given: number | undefined, fallback: number): number {
  return Math.max(given ?? fallback, DEFAULT_LIMITS.timeoutMinimumSeconds.value);
}
