import { formatProblem } from "../check/index.js";
import type { Problem } from "../inputs.js";
import type { CheckFailure } from "./dynamic-types.js";

/**
 * A problem as Pulumi takes it. It names no property of its own: the engine would print the whole
 * property's value in front, in Go's notation, and the reason has path and value already.
 */
export function checkFailure(problem: Problem): CheckFailure {
  return { property: "", reason: formatProblem(problem) };
}
