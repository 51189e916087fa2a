/**
 * Marks every process of an instance, so that it is found again whoever its parent is by then. In
 * namespaces the command itself does not see it.
 */
export const MARK = "CLOUD_ASSISTANT_EMULATOR";

/**
 * What a command's wrapper is given and hands on; the prologue puts the stand-ins before PATH.
 * Nothing of the emulator's own: it may hold keys of a cloud account and tokens of a build server.
 */
export function commandEnvironment(given: {
  readonly path: string;
  readonly home: string;
  readonly mark: string;
  readonly timeZone?: string | undefined;
  readonly temporary?: string | undefined;
}): Record<string, string> {
  const { path, home, mark, timeZone, temporary } = given;
  return {
    PATH: path,
    HOME: home,
    LANG: "C.UTF-8",
    ...(timeZone === undefined ? {} : { TZ: timeZone }),
    ...(temporary === undefined ? {} : { TMPDIR: temporary }),
    [MARK]: mark,
  };
}
