/** Where the agent's files are inside an instance with namespaces of its own. */
export const INSIDE = "/dev/shm/.aliyun-assist";

/** How often an abandoned instance looks before it ends. */
export const LOOKS = 5;

/**
 * The first process of an instance: makes the mounts, tells that it is there, and then adopts and
 * reaps whatever loses its parent inside.
 *
 * - It is noted as the host sees it, while the host's /proc is still in place.
 * - An instance whose emulator was killed and never came back ends by itself: several looks in a
 *   row nobody has renewed the lease and nothing runs inside.
 */
export const INIT_SCRIPT = `#!/bin/sh
# init.sh HOSTNAME MOUNTS NOTE READY SECONDS_BETWEEN_LOOKS
read -r self < /proc/self/stat || exit 1
seconds=$5
hostname "$1" || echo "$1" > /proc/sys/kernel/hostname || exit 1
exec 3> "$3" || exit 1
mount -t proc proc /proc || exit 1
mount -a -T "$2" || exit 1
echo "$self" >&3
exec 3>&- 2> /dev/null
cd /
: > "${INSIDE}/doorbells/$4"

idle=0
: > ${INSIDE}/seen
while [ "$idle" -lt ${LOOKS} ]; do
  sleep "$seconds" &
  wait "$!"
  idle=$((idle + 1))
  if [ ${INSIDE}/doorbells/.lease -nt ${INSIDE}/seen ]; then
    idle=0
    : > ${INSIDE}/seen
  fi
  set -- /proc/[0-9]*
  [ "$#" -gt 1 ] && idle=0
done
`;
