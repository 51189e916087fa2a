/** What is tried again, what is waited for, and what is kept. */
import { indexPath } from "../../paths.js";
import { flag, knownList, knownMap, list, oneOf, text, whole } from "../kinds.js";
import { limits, ourLimits, powerCodes } from "../limits.js";
import { refuse, type Report, warn } from "../report.js";
import { type Fields, shape } from "../shape.js";
import { filled, trimmed } from "../texts.js";
import { budgetRule } from "./amounts.js";
import { exitCodesRule, judgeExitCodes } from "./exit-codes.js";
import type { CommandType } from "../../inputs.js";
import { isWindowsType } from "./content.js";

const anErrorCode = "an error code of the service, for example ClientNotResponse";

export const lifeFields: Fields = {
  retry: shape(
    {
      attempts: whole({ min: 1, why: "the first try counts as one" }),
      exitCodes: exitCodesRule(
        "write the codes, or take exitCodes out: every failure is tried again",
      ),
      errorCodes: list(text(anErrorCode, filled(anErrorCode), trimmed), {
        allowed: "error codes of the service",
        whenEmpty: "write the codes, or take errorCodes out: every failure is tried again",
      }),
      onNextUp: flag,
    },
    {
      allowed: "{ attempts?, exitCodes?, errorCodes?, onNextUp? }",
      aliases: {
        retries: "write retry.attempts (tries in all: one more than the retries)",
        maxAttempts: "retry.attempts",
        count: "retry.attempts",
      },
    },
  ),
  readiness: shape(
    {
      wait: whole({ min: 0, of: "seconds" }),
      start: flag,
      install: oneOf(["with-reboot"]),
      maxUnready: budgetRule,
    },
    { allowed: "{ wait?, start?, install?, maxUnready? }", aliases: { timeout: "readiness.wait" } },
  ),
  wait: shape(
    { for: oneOf(["completion", "acceptance"]), timeout: whole({ min: 1, of: "seconds" }) },
    { allowed: "{ for?, timeout? }", aliases: { until: "wait.for" } },
  ),
  quota: shape({ onExceed: oneOf(["fail", "warn"]) }, { allowed: "{ onExceed? }" }),
  output: shape(
    {
      capture: oneOf(["all", "failed", "none"]),
      maxBytesPerTarget: whole({ min: 0, max: ourLimits.output, of: "bytes" }),
      secret: flag,
    },
    {
      allowed: "{ capture?, maxBytesPerTarget?, secret? }",
      aliases: { maxBytes: "output.maxBytesPerTarget" },
    },
  ),
};

/** The codes by which a script asks for a reboot or a power-off are not tried again. */
export function judgeRetry(raw: unknown, type: CommandType | undefined, report: Report): void {
  const codes = knownMap(raw)?.exitCodes;
  judgeExitCodes(codes, type, "retry.exitCodes", report);
  if (type === undefined) return;
  const power: readonly unknown[] = isWindowsType(type) ? powerCodes.windows : powerCodes.linux;
  knownList(codes)?.forEach((code, i) => {
    if (!power.includes(code)) return;
    refuse(report, indexPath("retry.exitCodes", i), code, {
      wrong: "asks the machine to reboot or to power off, and is never tried again",
      allowed: "codes of failures",
      todo: "take it out; list it in successExitCodes if the reboot is meant",
    });
  });
}

/** More bytes than the service has cannot be kept. */
export function warnOfOutput(raw: unknown, report: Report): void {
  const bytes = knownMap(raw)?.maxBytesPerTarget;
  if (typeof bytes !== "number" || bytes <= limits.keptOutput) return;
  warn(
    report,
    "output.maxBytesPerTarget",
    `the service itself keeps ${String(limits.keptOutput)} bytes of an output.`,
  );
}
