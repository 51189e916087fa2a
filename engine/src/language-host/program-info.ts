import type { ProgramInfo } from "@pulumi/pulumi/proto/language_pb";

/** Where a program is and what Pulumi.yaml says of its runtime. */
export type ProgramPlace = {
  readonly rootDirectory: string;
  readonly programDirectory: string;
  readonly entryPoint: string;
  readonly options: Readonly<Record<string, unknown>>;
};

/** The engine's account of a program as plain data; older engines give only `pwd` and `program`. */
export function programInfo(
  info: ProgramInfo | undefined,
  pwd: string,
  program: string,
): ProgramPlace {
  const programDirectory = first(info?.getProgramDirectory(), pwd);
  return {
    rootDirectory: first(info?.getRootDirectory(), programDirectory),
    programDirectory,
    entryPoint: first(info?.getEntryPoint(), program, "."),
    options: info?.getOptions()?.toJavaScript() ?? {},
  };
}

function first(...values: readonly (string | undefined)[]): string {
  return values.find((value) => value !== undefined && value !== "") ?? "";
}
