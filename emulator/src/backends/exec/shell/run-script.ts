/**
 * The wrapper of one task, in the words of any POSIX shell. It outlives the emulator: exit status
 * and output are in files, and nobody has to wait for it.
 *
 * - Whoever makes `claim` first owns the task: a wrapper that comes late does nothing.
 * - `process` and `wrapper` are lines of /proc/PID/stat as the host sees them: a process id alone
 *   may belong to somebody else later, with its start time it is unique until the host restarts.
 * - The command runs in the foreground of a subshell, because a shell's background jobs ignore
 *   SIGINT and SIGQUIT, which a script would inherit.
 * - Its output goes through a pipe, as with the genuine agent: with a file, `> /dev/stderr` in a
 *   script would cut off what was written before.
 * - The output is kept in segments, the first for good and two that take turns, so that no command
 *   fills the disk. The last line of `segments` says "BASE CURRENT PREVIOUS": bytes before the
 *   current one.
 * - GROUP is the list of processes of a control group, or empty.
 * - A background child keeps the pipe, and with it the collector, after the command has ended.
 */
export const RUN_SCRIPT = `#!/bin/sh
# run.sh TASK_FOLDER DOORBELL SEGMENT_BYTES GROUP COMMAND...
task=$1 doorbell=$2 segment_bytes=$3 group=$4
shift 4
set -C
: > "$task/claim" || exit 1
set +C
read -r line < /proc/self/stat && echo "$line" > "$task/wrapper"

collect() {
  current=0 base=0 size=0 reads=0 bytes=0
  while LC_ALL=C dd bs=32768 count=64 2> "$task/dd" >> "$task/out.$current"; do
    while read -r number word rest; do
      case "$word $rest" in
        "records in") reads=$((\${number%+*} + \${number#*+})) ;;
        bytes*) bytes=$number ;;
      esac
    done < "$task/dd"
    [ "$reads" -lt 64 ] && : > "$task/eof" && exit
    size=$((size + bytes))
    if [ "$size" -ge "$segment_bytes" ]; then
      base=$((base + size)) size=0 previous=$current current=$((current % 2 + 1))
      : > "$task/out.$current"
      echo "$base $current $previous" >> "$task/segments"
    fi
  done
  # The task is closed and its folder gone; who still writes must not be hindered.
  exec cat > /dev/null
}

{
  (
    [ -n "$group" ] && echo 0 > "$group"
    read -r line < /proc/self/stat && echo "$line" > "$task/process"
    exec "$@" < /dev/null 2>&1
  )
  echo "$?" > "$task/exit"
  : > "$doorbell"
} | collect
`;
