/** A count, or a percentage of the members. */
import { known, type Rule } from "../kinds.js";
import { refuse } from "../report.js";
import { isSecret } from "../show.js";

const percentForm = /^(\d+(?:\.\d+)?)%$/;

/** How many at once. Nothing at once would never end, so zero is refused. */
export const sizeRule: Rule = amount({
  allowed: 'a whole number, 1 or more, or a percentage above 0% up to 100%, such as "10%"',
  zero: "means no machine at all",
  todo: "write 1 for one machine after the other",
});

/** How many may go wrong. */
export const budgetRule: Rule = amount({
  allowed: 'a whole number, 0 or more, or a percentage up to 100%, such as "5%"',
  todo: "write 0 if none may fail",
});

function amount(says: {
  readonly allowed: string;
  readonly zero?: string;
  readonly todo: string;
}): Rule {
  return known((value, path, report) => {
    const wrong = wrongAmount(value, says.zero);
    if (wrong === undefined) return;
    const digits =
      typeof value === "string" &&
      /^\d+$/.test(value.trim()) &&
      !isSecret(path, report.secretPaths);
    const todo = digits
      ? `write a number without quotes, or a percentage: "${value.trim()}%"`
      : says.todo;
    refuse(report, path, value, { wrong, allowed: says.allowed, todo });
  });
}

function wrongAmount(value: unknown, zero: string | undefined): string | undefined {
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value)) return "is not a whole number";
    if (value < 0) return "is below 0";
    return value === 0 ? zero : undefined;
  }
  if (typeof value !== "string") return "is neither a number nor a percentage";
  const percent = percentForm.exec(value)?.[1];
  if (percent === undefined) return "is neither a number nor a percentage";
  if (Number(percent) > 100) return "is above 100%";
  return Number(percent) === 0 ? zero : undefined;
}
