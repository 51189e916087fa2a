import type { EmulatorErrorCode } from "../errors.js";

/** What the process ends with. Listed in --help. */
export const EXIT = {
  ended: 0,
  failed: 1,
  usage: 2,
  portInUse: 3,
  dataInUse: 4,
  dataUnreadable: 5,
  isolationUnavailable: 6,
} as const;

export function exitCodeOf(code: EmulatorErrorCode): number {
  switch (code) {
    case "PortInUse":
      return EXIT.portInUse;
    case "DataInUse":
      return EXIT.dataInUse;
    case "DataDamaged":
    case "DataNewer":
      return EXIT.dataUnreadable;
    case "IsolationUnavailable":
      return EXIT.isolationUnavailable;
    case "InvalidOption":
      return EXIT.usage;
    case "NotFound":
    case "ClockRefused":
    case "TimedOut":
    case "Unreachable":
    case "Internal":
      return EXIT.failed;
  }
}

export const EXIT_HELP = `
Exit codes:
  0  ended by SIGINT or SIGTERM; commands that ran were ended
  1  an unexpected failure, or ended at once by a second signal
  2  an option or the seed file cannot be taken
  3  the port is in use
  4  another emulator uses the data folder
  5  the data folder is damaged, or was written by a newer emulator
  6  the isolation that was asked for is not available here

One line of JSON on stdout says that it is ready:
  {"url","port","regionId","accountId","accessKeyId","accessKeySecret","instances","isolation"}

Commands really run on this machine, as this user. This is not a security boundary.
`;
