export { checkCommandInvocation, type Checked } from "./check-command-invocation.js";
export { checkCommand } from "./check-command.js";
export type { CheckContext, CommandCheckContext, KnownCommand } from "./context.js";
export { formatProblem } from "./format-problem.js";
export { notYet, type NotYet } from "./not-yet.js";
export {
  enableParameterByDefault,
  hasPlaceholder,
  parametersOf,
  type Placeholders,
} from "./placeholders.js";
export { isDefaultUser } from "./rules/user.js";
export { encodedLength, utf8Length } from "./sizes.js";
