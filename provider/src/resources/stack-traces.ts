/**
 * Until the returned function is called, new errors carry no stack trace. For the constructors
 * around `super(…)`, and for nothing that waits.
 *
 * The SDK takes a stack trace, through source maps, for four promises of each property of a
 * resource (sdk/nodejs/runtime/rpc.ts, `transferProperties`), to name promises that leak. With some
 * twenty properties that is a third of the time of an `up` that has nothing to do. Where a resource
 * stands in the program is found all the same: the SDK raises the limit itself for that.
 */
export function withoutStackTraces(): () => void {
  const before = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  return () => {
    Error.stackTraceLimit = before;
  };
}
