import { MARK } from "../environment.js";
import type { ExecLimits } from "../options.js";

/**
 * What the command's own process does before it becomes the command: `sh -c PROLOGUE sh PATH
 * FOLDER COMMAND...`. Limits are set by the shell's own ulimit, since prlimit is not everywhere; one that
 * the host has set lower stays.
 */
export function prologue(limits: ExecLimits, hideMark: boolean): string {
  const { fileBytes, cpuSeconds, openFiles, userProcesses } = limits;
  const set = [
    `ulimit -f ${Math.ceil(fileBytes / ULIMIT_BLOCK)}`,
    `ulimit -t ${cpuSeconds}`,
    `ulimit -n ${openFiles}`,
    // bash calls the number of processes -u, dash -p.
    `ulimit -u ${userProcesses} || ulimit -p ${userProcesses}`,
  ];
  return [
    ...set.map((line) => `{ ${line}; } 2> /dev/null`),
    `umask 022`,
    `PATH=$1`,
    `cd "$2" || exit 126`,
    `unset OLDPWD${hideMark ? ` ${MARK}` : ""}`,
    `shift 2`,
    `exec "$@"`,
  ].join("\n");
}

/** POSIX counts file sizes of ulimit in units of 512 bytes. */
const ULIMIT_BLOCK = 512;
