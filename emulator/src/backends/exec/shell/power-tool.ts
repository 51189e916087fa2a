import { MARK } from "../environment.js";
import { INSIDE } from "./init-script.js";

/** The programs that one text stands in for, each by its own name. */
export const POWER_TOOL_NAMES = [
  "shutdown",
  "reboot",
  "poweroff",
  "halt",
  "systemctl",
  "init",
  "telinit",
  "service",
] as const;

/**
 * A stand-in for whatever would stop the host: it rings for the instance instead and, like the
 * genuine programs, returns at once while the machine goes down. Of services it knows the agent's
 * own alone, and fails honestly for all others. Which instance it is in it reads from a file in
 * namespaces, else from the mark that every process has.
 */
export const POWER_TOOL = `#!/bin/sh
name=\${0##*/}
instance=\$${MARK}
if [ -r ${INSIDE}/instance ]; then
  read -r instance < ${INSIDE}/instance
  doorbell=${INSIDE}/doorbells/power,$instance
else
  doorbell=\${instance%/*/*}/doorbells/power,\${instance##*/}
fi

ring() {
  if ! { echo "$1 $2" > "$doorbell"; } 2> /dev/null; then
    echo "$name: Must be root." >&2
    exit 1
  fi
  exit 0
}

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
  service)
    [ "$1 $2" = "aliyun restart" ] && ring restartAgent 0
    echo "$1: unrecognized service" >&2
    exit 1
    ;;
  systemctl)
    verb=
    for word in "$@"; do
      case $verb,$word in
        *,-*) ;;
        ,reboot | ,soft-reboot | ,kexec) ring reboot 0 ;;
        ,poweroff | ,halt) ring powerOff 0 ;;
        *restart,aliyun | *restart,aliyun.service) ring restartAgent 0 ;;
        *) verb=\${verb:-$word} ;;
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
