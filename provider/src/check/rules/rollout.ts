/** In which order, how many at once, and how many may fail. */
import { isGiven, isKnown, isMap, known, whole } from "../kinds.js";
import { refuse } from "../report.js";
import { shape } from "../shape.js";
import { budgetRule, sizeRule } from "./amounts.js";
import { selectingTagsRule } from "./tags.js";

const seconds = whole({ min: 0, of: "seconds" });

const canaryForm = shape(
  { size: sizeRule, tags: selectingTagsRule, maxFailures: budgetRule, soak: seconds },
  { allowed: "{ size or tags, maxFailures?, soak? }", aliases: { wait: "rollout.canary.soak" } },
);

const canaryRule = known((value, path, report) => {
  canaryForm(value, path, report);
  if (!isMap(value)) return;
  const allowed = "exactly one of size and tags";
  if (!isGiven(value.size) && !isGiven(value.tags)) {
    refuse(report, path, value, {
      wrong: "says no machines",
      allowed,
      todo: "write size: 1, or the tags of the machines that go first",
    });
  }
  if (isKnown(value.size) && isKnown(value.tags)) {
    refuse(report, `${path}.tags`, value.tags, {
      wrong: "is given beside size",
      allowed,
      todo: "take one of them out",
    });
  }
});

export const rolloutRule = shape(
  {
    batchSize: sizeRule,
    canary: canaryRule,
    maxFailures: budgetRule,
    pauseBetweenBatches: seconds,
  },
  {
    allowed: "{ batchSize?, canary?, maxFailures?, pauseBetweenBatches? }",
    aliases: {
      maxConcurrency: "rollout.batchSize",
      serial: "rollout.batchSize",
      concurrency: "rollout.batchSize",
      maxErrors: "rollout.maxFailures",
      pause: "rollout.pauseBetweenBatches",
      soak: "rollout.canary.soak",
    },
  },
);
