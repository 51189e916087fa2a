import { bat, type Case, refusals } from "./support/inputs.js";

const cases: readonly Case[] = [
  [
    "no attempt at all",
    { retry: { attempts: 0 } },
    [
      "retry.attempts: is below 1. Given: 0. Allowed: a whole number, 1 or more. What to do: write 1 or more; the first try counts as one.",
    ],
  ],
  [
    "codes that cannot be",
    { retry: { exitCodes: [300], errorCodes: [""] } },
    [
      'retry.errorCodes[0]: is empty. Given: "". Allowed: an error code of the service, for example ClientNotResponse. What to do: give it a value, or leave it out.',
      "retry.exitCodes[0]: is no exit code on Linux. Given: 300. Allowed: 0 to 255. What to do: write the code as the shell shows it; -1 arrives as 255.",
    ],
  ],
  [
    "empty lists",
    { retry: { exitCodes: [], errorCodes: [] } },
    [
      "retry.exitCodes: is an empty list. Given: []. Allowed: exit codes, for example [0, 2]. What to do: write the codes, or take exitCodes out: every failure is tried again.",
      "retry.errorCodes: is an empty list. Given: []. Allowed: error codes of the service. What to do: write the codes, or take errorCodes out: every failure is tried again.",
    ],
  ],
  [
    "a reboot that would be tried again on Linux",
    { retry: { attempts: 2, exitCodes: [1, 194, 193] } },
    [
      "retry.exitCodes[1]: asks the machine to reboot or to power off, and is never tried again. Given: 194. Allowed: codes of failures. What to do: take it out; list it in successExitCodes if the reboot is meant.",
      "retry.exitCodes[2]: asks the machine to reboot or to power off, and is never tried again. Given: 193. Allowed: codes of failures. What to do: take it out; list it in successExitCodes if the reboot is meant.",
    ],
  ],
  [
    "a reboot that would be tried again on Windows",
    { script: bat, retry: { attempts: 2, exitCodes: [194, 3010, 3009] } },
    [
      "retry.exitCodes[1]: asks the machine to reboot or to power off, and is never tried again. Given: 3010. Allowed: codes of failures. What to do: take it out; list it in successExitCodes if the reboot is meant.",
      "retry.exitCodes[2]: asks the machine to reboot or to power off, and is never tried again. Given: 3009. Allowed: codes of failures. What to do: take it out; list it in successExitCodes if the reboot is meant.",
    ],
  ],
  [
    "onNextUp as text, another tool's name",
    { retry: { onNextUp: "no", retries: 2 } },
    [
      'retry.onNextUp: is neither true nor false. Given: "no". Allowed: true or false. What to do: write true or false without quotes.',
      "retry.retries: is not a known input. Given: 2. Allowed: attempts, exitCodes, errorCodes, onNextUp. What to do: write retry.attempts (tries in all: one more than the retries).",
    ],
  ],
  [
    "a negative wait for readiness, other wrong readiness",
    { readiness: { wait: -1, start: 1, install: true, maxUnready: "all" } },
    [
      "readiness.wait: is below 0. Given: -1. Allowed: a whole number of seconds, 0 or more. What to do: write 0 or more.",
      "readiness.start: is neither true nor false. Given: 1. Allowed: true or false. What to do: write true or false without quotes.",
      'readiness.install: is not a known value. Given: true. Allowed: "with-reboot". What to do: write one of these, in exactly this spelling.',
      'readiness.maxUnready: is neither a number nor a percentage. Given: "all". Allowed: a whole number, 0 or more, or a percentage up to 100%, such as "5%". What to do: write 0 if none may fail.',
    ],
  ],
  [
    "an unknown end of waiting, no time to wait",
    { wait: { for: "success", timeout: 0 } },
    [
      'wait.for: is not a known value. Given: "success". Allowed: "completion", "acceptance". What to do: write one of these, in exactly this spelling.',
      "wait.timeout: is below 1. Given: 0. Allowed: a whole number of seconds, 1 or more. What to do: write 1 or more.",
    ],
  ],
  [
    "an unknown answer to an exceeded quota",
    { quota: { onExceed: "ignore" } },
    [
      'quota.onExceed: is not a known value. Given: "ignore". Allowed: "fail", "warn". What to do: write one of these, in exactly this spelling.',
    ],
  ],
  [
    "an unknown capture, a negative size, a secret as text",
    { output: { capture: "some", maxBytesPerTarget: -1, secret: "true" } },
    [
      'output.capture: is not a known value. Given: "some". Allowed: "all", "failed", "none". What to do: write one of these, in exactly this spelling.',
      "output.maxBytesPerTarget: is below 0. Given: -1. Allowed: a whole number of bytes, 0 to 262144. What to do: write 0 to 262144.",
      'output.secret: is neither true nor false. Given: "true". Allowed: true or false. What to do: write true or false without quotes.',
    ],
  ],
  [
    "more output than a resource keeps",
    { output: { maxBytesPerTarget: 262145 } },
    [
      "output.maxBytesPerTarget: is above 262144. Given: 262145. Allowed: a whole number of bytes, 0 to 262144. What to do: write 0 to 262144.",
    ],
  ],
];

describe("Retry, readiness, wait, quota, output", () => {
  test.each(cases)(
    "%s: refused with its path and four parts",
    (...[, change, messages, context]: Case) => {
      expect(refusals(change, context)).toEqual(messages);
    },
  );
});
