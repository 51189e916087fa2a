import type { CommandType } from "../../inputs.js";
import { knownList, list, type Rule, whole } from "../kinds.js";
import { refuse, type Report } from "../report.js";
import { indexPath } from "../../paths.js";
import { isWindowsType } from "./content.js";

const int32 = { min: -2_147_483_648, max: 2_147_483_647 } as const;
const linux = { min: 0, max: 255 } as const;

/** A list of exit codes, as far as it can be judged without the type of the command. */
export function exitCodesRule(whenEmpty: string): Rule {
  return list(whole(int32), { allowed: "exit codes, for example [0, 2]", whenEmpty });
}

/** On Linux a process ends with 0 to 255. */
export function judgeExitCodes(
  codes: unknown,
  type: CommandType | undefined,
  path: string,
  report: Report,
): void {
  if (type === undefined || isWindowsType(type)) return;
  knownList(codes)?.forEach((code, i) => {
    if (!Number.isSafeInteger(code) || typeof code !== "number") return;
    if (code >= linux.min && code <= linux.max) return;
    if (code < int32.min || code > int32.max) return;
    refuse(report, indexPath(path, i), code, {
      wrong: "is no exit code on Linux",
      allowed: "0 to 255",
      todo: "write the code as the shell shows it; -1 arrives as 255",
    });
  });
}
