/** Who runs it: `username` and `windowsPasswordName`. */
import type { CommandType } from "../../inputs.js";
import { isUnknown } from "../../unknown.js";
import { isGiven, isKnown, text } from "../kinds.js";
import { limits } from "../limits.js";
import { refuse, type Report } from "../report.js";
import type { Fields } from "../shape.js";
import { atMost, filled, oneLine, trimmed } from "../texts.js";
import { isWindowsType } from "./content.js";

type Raw = Readonly<Record<string, unknown>>;

const userAllowed = "the name of a user of the machines";
const passwordAllowed = "the name of a secret parameter in the parameter store (OOS)";

export const userFields: Fields = {
  username: text(
    userAllowed,
    filled(userAllowed, "leave it out to run as root or System"),
    oneLine,
    trimmed,
    atMost(limits.username),
  ),
  windowsPasswordName: text(
    passwordAllowed,
    filled(passwordAllowed),
    oneLine,
    trimmed,
    atMost(limits.windowsPasswordName),
  ),
};

/** Whether a name means the user that commands run as anyway, and is sent as no name. */
export function isDefaultUser(username: string, type: CommandType | undefined): boolean {
  const root = username === "root";
  const system = username.toLowerCase() === "system";
  if (type === undefined) return root || system;
  return isWindowsType(type) ? system : root;
}

/** The two together, and with the type of the command. */
export function judgeUser(raw: Raw, type: CommandType | undefined, report: Report): void {
  const { username, windowsPasswordName } = raw;
  if (typeof username === "string") judgeUserOfType(username, type, report);
  if (type === undefined || isUnknown(username)) return;
  const ordinary = typeof username === "string" && !isDefaultUser(username, undefined);
  if (isKnown(windowsPasswordName)) {
    judgePassword(windowsPasswordName, ordinary, type, report);
  } else if (isWindowsType(type) && ordinary && !isGiven(windowsPasswordName)) {
    refuse(report, "windowsPasswordName", windowsPasswordName, {
      wrong: "is missing, and an ordinary user on Windows needs it",
      allowed: passwordAllowed,
      todo: "save the user's password as a secret parameter of OOS, and write its name here",
    });
  }
}

function judgeUserOfType(username: string, type: CommandType | undefined, report: Report): void {
  if (type === undefined) return;
  if (isWindowsType(type)) {
    if (username !== "root") return;
    refuse(report, "username", username, {
      wrong: "is the name of the first user on Linux, and the command is for Windows",
      allowed: "System, or the name of an ordinary user on Windows",
      todo: "leave it out to run as System",
    });
  } else if (/[^\S\r\n\t\f\v]/.test(username.trim())) {
    refuse(report, "username", username, {
      wrong: "holds white space, which no user name on Linux does",
      allowed: userAllowed,
      todo: "write one name",
    });
  } else if (username.toLowerCase() === "system") {
    refuse(report, "username", username, {
      wrong: "is the name of the first user on Windows, and the command is for Linux",
      allowed: "root, or the name of an ordinary user on Linux",
      todo: "leave it out to run as root",
    });
  }
}

function judgePassword(given: unknown, ordinary: boolean, type: CommandType, report: Report): void {
  const windows = isWindowsType(type);
  if (windows && ordinary) return;
  refuse(report, "windowsPasswordName", given, {
    wrong: windows
      ? "is given, but no ordinary user is"
      : "is given, but the command is a shell script for Linux",
    allowed: "only beside the username of an ordinary user, for commands on Windows",
    todo: windows ? "write username too, or take it out" : "take it out",
  });
}
