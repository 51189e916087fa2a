/** The programs that one text stands in for, each by its own name. */
export const POWER_TOOL_NAMES = [
  "shutdown",
  "reboot",
  "poweroff",
  "halt",
  "systemctl",
  "init",
  "telinit",
] as const;

/**
 * A stand-in for whatever would stop the host: it rings for the instance instead and, like the
 * genuine programs, returns at once while the machine goes down.
 */
export function powerTool(doorbell: string): string {
  return `#!/bin/sh
ring() {
  if ! { echo "$1 $2" > '${doorbell.replaceAll("'", "'\\''")}'; } 2> /dev/null; then
    echo "$name: Must be root." >&2
    exit 1
  fi
  exit 0
}

name=\${0##*/}
case $name in
  reboot) ring reboot 0 ;;
  poweroff | halt) ring powerOff 0 ;;
  init | telinit)
    case $1 in
      6) ring reboot 0 ;;
      0) ring powerOff 0 ;;
    esac
    echo "$name: only the levels 0 and 6 are emulated" >&2
    exit 1
    ;;
  systemctl)
    for word in "$@"; do
      case $word in
        reboot | soft-reboot | kexec) ring reboot 0 ;;
        poweroff | halt) ring powerOff 0 ;;
        -*) ;;
        *) break ;;
      esac
    done
    echo "System has not been booted with systemd as init system (PID 1). Can't operate." >&2
    exit 1
    ;;
esac

what=powerOff time=
for word in "$@"; do
  case $word in
    --reboot | -[!-]*r* | -r*) what=reboot ;;
    -c) ring cancel 0 ;;
    -k) exit 0 ;;
    -*) ;;
    *) time=\${time:-$word} ;;
  esac
done
case \${time:-+1} in
  now) minutes=0 ;;
  +*[!0-9]* | +)
    echo "shutdown: cannot parse $time" >&2
    exit 1
    ;;
  +*) minutes=\${time:-+1} minutes=\${minutes#+} ;;
  *)
    echo "shutdown: only 'now' and '+MINUTES' are emulated, not $time" >&2
    exit 1
    ;;
esac
ring "$what" "$minutes"
`;
}
