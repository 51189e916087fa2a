/**
 * What the rules look at, whatever resource it is in. Another provider's resource that runs commands
 * gets its reader here.
 */
import type { ResourceValidationArgs } from "@pulumi/policy";
import { commandInvocationType, commandType } from "pulumi-cloud-assistant/names";
import { isGiven, listAt, mapAt, type Props, textAt } from "./reading.js";

/** A text that runs on machines, or a part of one. */
export type RunText = {
  /** How a message names the place. */
  readonly place: string;
  /** Absent when there is no such text. Throws when it is not known yet. */
  readonly read: () => string | undefined;
};

export type Parameter = {
  readonly name: string;
  readonly read: () => string | undefined;
};

/** A resource that runs a command on machines. */
export type Invocation = {
  readonly kind: "invocation";
  readonly props: Props;
  readonly texts: readonly RunText[];
  /** Those whose value the program did not mark as secret. */
  readonly plainParameters: () => readonly Parameter[];
};

/** A resource that saves a command. */
export type SavedCommand = {
  readonly kind: "command";
  readonly props: Props;
  readonly texts: readonly RunText[];
};

export type Subject = Invocation | SavedCommand;

/** The subject of a policy; nothing for resources that run no commands. */
export function subjectOf(
  args: Pick<ResourceValidationArgs, "type" | "props">,
): Subject | undefined {
  const props: Props = args.props;
  switch (args.type) {
    case commandInvocationType:
      return {
        kind: "invocation",
        props,
        texts: [
          { place: "script.content", read: () => textAt(mapAt(props, "script"), "content") },
          { place: "the content of the saved command", read: () => savedContent(props) },
          { place: "launcher", read: () => textAt(props, "launcher") },
        ],
        plainParameters: () => plainParameters(props),
      };
    case commandType:
      return {
        kind: "command",
        props,
        texts: [
          { place: "content", read: () => textAt(props, "content") },
          { place: "launcher", read: () => textAt(props, "launcher") },
        ],
      };
    default:
      return undefined;
  }
}

/** The subject where it runs commands. */
export function invocationOf(
  args: Pick<ResourceValidationArgs, "type" | "props">,
): Invocation | undefined {
  const subject = subjectOf(args);
  return subject?.kind === "invocation" ? subject : undefined;
}

/** For `commandId` the provider shows in the plan what the saved command says. */
function savedContent(props: Props): string | undefined {
  return isGiven(props, "commandId")
    ? textAt(mapAt(mapAt(props, "plan"), "command"), "content")
    : undefined;
}

/** Secrets arrive plain; the provider writes down which inputs the program marked. */
function plainParameters(props: Props): readonly Parameter[] {
  const parameters = mapAt(props, "parameters");
  if (parameters === undefined) return [];
  const secret = listAt(props, "secretInputs") ?? [];
  const marked = (path: string): boolean => secret.includes(path);
  if (marked("parameters")) return [];
  return Object.keys(parameters)
    .filter(
      (name) => !marked(`parameters.${name}`) && !marked(`parameters[${JSON.stringify(name)}]`),
    )
    .map((name) => ({ name, read: () => textAt(parameters, name) }));
}
