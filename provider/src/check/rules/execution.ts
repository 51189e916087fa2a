/** How it is run: directory, launcher, container, time-out and what the service does at its end. */
import { TERMINATION_MODES } from "cloud-assistant-api";
import type { CommandType } from "../../inputs.js";
import { isGiven, isKnown, knownMap, oneOf, text, whole } from "../kinds.js";
import { limits } from "../limits.js";
import { refuse, type Report, warn } from "../report.js";
import { type Fields, shape } from "../shape.js";
import { atMost, atMostBytes, filled, form, oneLine, trimmed } from "../texts.js";
import { isWindowsType } from "./content.js";

type Raw = Readonly<Record<string, unknown>>;

const directory = "a directory that exists on the machines";
const launcher =
  'a program that starts the script, for example python3 -u {{ACS::ScriptFileName|Ext(".py")}}';
const containerId = "64 of 0-9 and a-f, with docker://, containerd:// or cri-o:// before it or not";
const containerName = "letters, digits, . _ and -, beginning with a letter or a digit";
const ossUri = "oss://bucket/prefix";

/** Of a command as such, saved or not. */
export const commandFields = {
  workingDir: text(directory, filled(directory), oneLine, trimmed, atMost(limits.workingDir)),
  launcher: text(launcher, filled(launcher), oneLine, trimmed, atMostBytes(limits.launcher)),
  timeout: whole({
    min: limits.minTimeout,
    of: "seconds",
    why: "the service silently makes 10 of anything less",
  }),
} satisfies Fields;

/** Of one execution. */
export const executionFields: Fields = {
  ...commandFields,
  container: shape(
    {
      id: text(
        containerId,
        filled(containerId),
        trimmed,
        form(
          /^(?:(?:docker|containerd|cri-o):\/\/)?[0-9a-fA-F]{64}$/,
          containerId,
          "write the full id (docker ps --no-trunc shows it)",
        ),
      ),
      name: text(
        containerName,
        filled(containerName),
        trimmed,
        atMost(limits.containerName),
        form(
          /^[A-Za-z0-9][A-Za-z0-9._-]*$/,
          containerName,
          "write the name as the runtime shows it",
        ),
      ),
    },
    {
      allowed: "{ id?, name? }",
      aliases: { containerId: "container.id", containerName: "container.name" },
    },
  ),
  terminationMode: oneOf(TERMINATION_MODES),
  ossOutputDelivery: text(
    ossUri,
    filled(ossUri),
    trimmed,
    form(
      /^oss:\/\/[A-Za-z0-9][A-Za-z0-9-]{1,61}[A-Za-z0-9]\/[^\s]+$/,
      ossUri,
      "write the bucket's name and a prefix behind oss://",
    ),
  ),
};

export function judgeContainer(raw: Raw, type: CommandType | undefined, report: Report): void {
  const container = knownMap(raw.container);
  if (container === undefined) return;
  if (!isGiven(container.id) && !isGiven(container.name)) {
    refuse(report, "container", raw.container, {
      wrong: "names no container",
      allowed: "{ id }, { name } or both",
      todo: "write the id or the name of a container, or take container out",
    });
  }
  if (type !== undefined && isWindowsType(type)) {
    refuse(report, "container", raw.container, {
      wrong: `is given, but the command is a ${type}`,
      allowed: "with RunShellScript only",
      todo: "take container out, or run a shell script",
    });
  }
  for (const name of ["username", "workingDir"]) {
    if (!isKnown(raw[name])) continue;
    warn(report, name, "has no effect in a container: the container's own default is used.");
  }
}
