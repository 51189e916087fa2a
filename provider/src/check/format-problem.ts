import type { Problem } from "../inputs.js";

/**
 * The four parts of a problem in one line, the property path first. Values of secret inputs are
 * `[secret]` already in the problem.
 */
export function formatProblem(problem: Problem): string {
  const { path, wrong, given, allowed, todo } = problem;
  return `${path}: ${wrong}. Given: ${given}. Allowed: ${allowed}. What to do: ${todo}.`;
}
