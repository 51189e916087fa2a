import { BUILT_IN_PARAMETERS, COMMAND_TYPE_OS, COMMAND_TYPES } from "cloud-assistant-api";
import type { CommandType } from "../../inputs.js";
import { type Rule, text } from "../kinds.js";
import { limits } from "../limits.js";
import { parametersOf, type Placeholders, unknownBuiltIns } from "../placeholders.js";
import { refuse, type Report, warn } from "../report.js";
import { isSecret, quote } from "../show.js";
import { encodedLength } from "../sizes.js";
import { filled, sendable } from "../texts.js";

const allowed = "the text of a script";

/** Rules for a content as such; what needs the type or the parameters follows below. */
export const contentRule: Rule = text(
  allowed,
  filled(allowed, "write what the machines are to run"),
  sendable,
  notReplaced,
  fitsEncoded,
);

/** The type where it is known. Absent means a shell script. */
export function typeOf(value: unknown): CommandType | undefined {
  if (value === undefined || value === null) return "RunShellScript";
  return COMMAND_TYPES.find((type) => type === value);
}

export function isWindowsType(type: CommandType): boolean {
  return COMMAND_TYPE_OS[type] === "windows";
}

/** Warns of what a shell trips over. The content is sent as it is. */
export function warnOfShellTraps(content: unknown, type: unknown, path: string, report: Report) {
  if (typeof content !== "string" || typeOf(type) !== "RunShellScript") return;
  if (content.includes("\r\n")) {
    warn(
      report,
      path,
      "has CRLF line ends. A shell takes the CR as part of the line, so commands and the " +
        "interpreter behind #! are not found. It is sent as it is; save the file with LF.",
    );
  }
  if (content.startsWith("\ufeff")) {
    warn(
      report,
      path,
      "begins with a byte order mark (BOM). A shell takes it as part of the first word, so the " +
        "first line fails. It is sent as it is; save the file as UTF-8 without BOM.",
    );
  } else if (lateShebang.test(content)) {
    warn(
      report,
      path,
      "has #! behind other lines or blanks. Only as the first two bytes it chooses the " +
        "interpreter; so it is a comment, and sh runs the script. Begin the script with #!.",
    );
  }
}

// Only blank lines and comments before it: a #! further down belongs to a file that is written.
const lateShebang = /^(?!#!)(?:[ \t]*(?:#(?!!)[^\n]*)?\r?\n)*[ \t]*#![ \t]*\//;

/** Rules for what stands in double braces. `on`: whether parameters are on. */
export function judgeBraces(
  content: unknown,
  on: boolean,
  path: string,
  report: Report,
): Placeholders | undefined {
  if (typeof content !== "string") return undefined;
  const found = parametersOf(content);
  if (on) refuseBraces(found, path, report);
  return found;
}

function refuseBraces(found: Placeholders, path: string, report: Report): void {
  const secret = isSecret(path, report.secretPaths);
  for (const braces of found.illegal) {
    refuse(report, path, braces, {
      wrong: "has double braces that are no placeholder, while parameters are on",
      given: secret ? "[secret]" : quote(braces),
      allowed:
        "{{name}} with 1 to 64 of A-Z, a-z, 0-9, _ and -, {{ACS::Name}}, {{oos:name}}, {{oos-secret:name}}",
      todo: "pass that text as the value of a parameter, or set enableParameter to false and use no placeholder",
    });
  }
  for (const name of unknownBuiltIns(found)) {
    warn(
      report,
      path,
      `${secret ? "a built-in value" : quote(`{{${name}}}`)} is not known: the machine will refuse it. ` +
        `Known are ${Object.keys(BUILT_IN_PARAMETERS).join(", ")}.`,
    );
  }
  if (found.custom.length > limits.placeholders) {
    refuse(report, path, undefined, {
      wrong: "has too many parameters",
      given: `${String(found.custom.length)} different names`,
      allowed: `at most ${String(limits.placeholders)}`,
      todo: "use fewer, or split the script",
    });
  }
}

/** Says that braces stay as they are, where parameters are off because of them. */
export function warnOfLeftBraces(found: Placeholders, path: string, report: Report): void {
  const first = found.illegal[0];
  if (first === undefined) return;
  const shown = isSecret(path, report.secretPaths) ? "what stands in double braces" : quote(first);
  warn(report, path, `${shown} is no placeholder. Parameters stay off and it is sent as it is.`);
}

function notReplaced(value: string, path: string, report: Report): void {
  if (!value.includes("\ufffd")) return;
  refuse(report, path, value, {
    wrong: "holds the replacement character U+FFFD: it was read in the wrong encoding",
    allowed: "text whose bytes were all understood",
    todo: "read the file in its own encoding (PowerShell often writes UTF-16), or save it as UTF-8",
  });
}

function fitsEncoded(value: string, path: string, report: Report): void {
  const size = encodedLength(value);
  if (size <= limits.encodedContent) return;
  refuse(report, path, value, {
    wrong: "is too large",
    given: `${String(size)} bytes after Base64`,
    allowed: `at most ${String(limits.encodedContent)} bytes after Base64`,
    todo: "let a short script fetch the rest, for example from OSS",
  });
}
