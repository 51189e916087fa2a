/** The first line of a red run, as whoever ran `pulumi up` reads it. */
import type { CommandInvocationInputs, Row } from "../../../provider/src/inputs.js";
import { conclude } from "../../../provider/src/lifecycle/invocation/conclude.js";
import { LedgerBook } from "../../../provider/src/result/ledger.js";
import type { Ending } from "../../../provider/src/result/verdict.js";

const next = "The next `pulumi up` goes on with what is not done.";
const release =
  "Nothing more is called until it is released: set CLOUD_ASSISTANT_RESUME=r.hold to go on, or " +
  "CLOUD_ASSISTANT_ABANDON=r.hold to leave it as it is.";
const complete: Ending = { kind: "complete" };

const cases: [string, Ending, Row["status"][], Partial<CommandInvocationInputs>, string][] = [
  [
    "a signal",
    { kind: "interrupted", reason: "SIGINT was received" },
    ["Success", "NotStarted"],
    {},
    `The run was interrupted: SIGINT was received. 1 of 2 succeeded, 1 not started. ${next}`,
  ],
  [
    "an error of several sentences",
    { kind: "interrupted", reason: "RunCommand got no answer. It was tried 3 times." },
    ["NotStarted"],
    {},
    `The run was interrupted: RunCommand got no answer. It was tried 3 times. 0 of 1 succeeded, 1 not started. ${next}`,
  ],
  [
    "a stop from elsewhere",
    { kind: "held", reason: "it was stopped from elsewhere (hold r.hold: night shift)" },
    ["Success", "Terminated"],
    {},
    `The run is held: it was stopped from elsewhere (hold r.hold: night shift). 1 of 2 succeeded, 1 failed. ${release}`,
  ],
  [
    "the budget on the way",
    { kind: "budget", by: "budget", where: "1 failed, and 0 may fail (rollout.maxFailures)" },
    ["Failed", "NotStarted"],
    {},
    `The run is held: 1 failed, and 0 may fail (rollout.maxFailures). 0 of 2 succeeded, 1 failed, 1 not started. ${release}`,
  ],
  [
    "failures that are not to be tried again",
    complete,
    ["Success", "Failed"],
    { retry: { onNextUp: false } },
    `The run is held, since more failed than may and retry.onNextUp is false: 1 of 2 succeeded, 1 failed. ${release}`,
  ],
  [
    "failures",
    complete,
    ["Success", "Failed"],
    {},
    "The command failed: 1 of 2 succeeded, 1 failed. The next `pulumi up` runs the failed ones again, and only those.",
  ],
  [
    "what still runs",
    complete,
    ["Success", "Running"],
    {},
    `Not everything ended in time: 1 of 2 succeeded, 1 still running. ${next}`,
  ],
  [
    "who is not ready",
    complete,
    ["Success", "Unready"],
    { readiness: { maxUnready: 0 } },
    `Not every machine was reached: 1 of 2 succeeded, 1 not ready. ${next}`,
  ],
  [
    "a record that is gone",
    complete,
    ["Success", "Unknown"],
    {},
    "Nobody can say how it ended everywhere: 1 of 2 succeeded, 1 unknown. What has no record is not run " +
      "again by itself: set CLOUD_ASSISTANT_RESUME=r.hold to run it again, or " +
      "CLOUD_ASSISTANT_ABANDON=r.hold to leave it as it is.",
  ],
];

test.each(cases)("%s reads as sentences", (_name, ending, statuses, more, expected) => {
  const rows = Object.fromEntries(statuses.map((status, n) => [`i-${n}`, { status, attempt: 1 }]));
  const inputs = {
    resourceUrn: "urn:pulumi:s::p::t::run",
    script: { content: "true\n" },
    targets: { instanceIds: Object.keys(rows) },
    ...more,
  } as CommandInvocationInputs;
  const identity = {
    id: "ci-1",
    owner: "o",
    runId: "r",
    inputHash: "h",
    contentHash: "c",
    accountId: "1",
    region: "cn-hangzhou",
  };
  const { failure } = conclude(inputs, identity, new LedgerBook(rows), {
    ending,
    holdId: "r.hold",
    releasedHolds: [],
    membersAtStart: statuses.length,
    earlierInvocationIds: [],
    accepted: [],
    redact: (text) => text,
    outputCut: false,
  });
  expect(failure?.reasons[0]).toBe(expected);
});
