import { tagPrefix } from "../../names.js";
import { childPath } from "../../paths.js";
import { isGiven, knownMap, type Rule, text } from "../kinds.js";
import { limits } from "../limits.js";
import { refuse, type Report } from "../report.js";
import { quote } from "../show.js";
import { mapOf } from "../shape.js";
import { atMost } from "../texts.js";

const valueAllowed = "a text, which may be empty";
const mapAllowed = "names and texts, { key: value }";

/** Tags that are put on something. `max`: how many are free for the user. */
export function tagsRule(max: number): Rule {
  return (value, path, report) => {
    mapOf(valueRule, mapAllowed)(value, path, report);
    const tags = knownMap(value);
    if (tags === undefined) return;
    const keys = Object.keys(tags);
    for (const key of keys) judgeKey(key, path, report);
    if (keys.length <= max) return;
    const ours = limits.tags - max;
    const why =
      ours === 0 ? "" : `; the service allows ${String(limits.tags)}, and ${String(ours)} are ours`;
    refuse(report, path, undefined, {
      wrong: "has too many tags",
      given: `${String(keys.length)} tags`,
      allowed: `at most ${String(max)}${why}`,
      todo: "take some out",
    });
  };
}

/** Tags that select machines: none of them may be left without a value by accident. */
export const selectingTagsRule: Rule = (value, path, report) => {
  mapOf(valueRule, mapAllowed)(value, path, report);
  const tags = knownMap(value);
  if (tags === undefined) return;
  for (const key of Object.keys(tags)) judgeKeyForm(key, path, report, limits.selectingTagKey);
  if (Object.keys(tags).length > 0) return;
  refuse(report, path, value, {
    wrong: "has no tag, which would mean every machine",
    allowed: "one tag at least",
    todo: "write the tags that the machines have, or take tags out",
  });
};

const valueRule: Rule = (value, path, report) => {
  if (isGiven(value)) {
    text(valueAllowed, atMost(limits.tagValue), noLink)(value, path, report);
    return;
  }
  refuse(report, path, value, {
    wrong: "has no value (undefined)",
    allowed: valueAllowed,
    todo: 'give it a value; "" where the tag is meant to be empty',
  });
};

function judgeKey(key: string, path: string, report: Report): void {
  judgeKeyForm(key, path, report, limits.tagKey);
  if (key.startsWith(tagPrefix)) {
    refuseKey(key, path, report, `begins with ${tagPrefix}, by which this package knows its own`);
  } else if (/^(?:aliyun|acs:)/i.test(key)) {
    refuseKey(key, path, report, "begins with aliyun or acs:, which the service keeps for itself");
  }
}

function judgeKeyForm(key: string, path: string, report: Report, max: number): void {
  const length = Array.from(key).length;
  const allowed = `1 to ${String(max)} characters without http:// or https://`;
  if (key === "") refuseKey(key, path, report, "is an empty tag key", allowed);
  if (length > max)
    refuseKey(key, path, report, `is a tag key of ${String(length)} characters`, allowed);
  if (/https?:\/\//i.test(key)) refuseKey(key, path, report, "is a tag key with a link", allowed);
}

function refuseKey(
  key: string,
  path: string,
  report: Report,
  wrong: string,
  allowed = "a tag key of your own",
): void {
  const todo = "write another key";
  refuse(report, childPath(path, key), undefined, { wrong, given: quote(key), allowed, todo });
}

function noLink(value: string, path: string, report: Report): void {
  if (!/https?:\/\//i.test(value)) return;
  refuse(report, path, value, {
    wrong: "holds http:// or https://, which the service refuses in tags",
    allowed: "a text without them",
    todo: "leave the protocol out",
  });
}
