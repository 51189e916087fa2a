/** Where it is run: `targets`. */
import { isUnknown } from "../../unknown.js";
import {
  isGiven,
  isKnown,
  isMap,
  knownList,
  knownMap,
  list,
  oneOf,
  type Rule,
  text,
  whole,
} from "../kinds.js";
import { limits, ourLimits } from "../limits.js";
import { refuse, type Report, warn } from "../report.js";
import { shape } from "../shape.js";
import { show } from "../show.js";
import { atMost, filled, form, oneLine, trimmed } from "../texts.js";
import { selectingTagsRule } from "./tags.js";

type Map = Readonly<Record<string, unknown>>;

const anId = "the id of one instance, i-… or mi-…";
const aName = "the name of an instance, or its beginning and one * behind it (web-*)";
const aGroup = "the id of a resource group, rg-…";
const selectors = ["names", "tags", "resourceGroupId"] as const;
const wanted = "instanceIds, names, tags or resourceGroupId";

const idRule: Rule = text(anId, filled(anId, "take the entry out"), (value, path, report) => {
  if (oneIdEach(value, path, report)) return;
  trimmed(value, path, report);
  form(
    /^m?i-[A-Za-z0-9-]+$/,
    anId,
    "write the id that the console shows (not a name or an address)",
  )(value, path, report);
});

const idsRule: Rule = (value, path, report) => {
  list(idRule, { allowed: "instance ids, [i-…, mi-…]" })(value, path, report);
  const count = knownList(value)?.length ?? 0;
  if (count <= ourLimits.members) return;
  refuse(report, path, undefined, {
    wrong: "holds too many ids",
    given: `${String(count)} ids`,
    allowed: `at most ${String(ourLimits.members)} members a resource`,
    todo: "use several resources",
  });
};

const nameRule: Rule = text(
  aName,
  filled(aName, "take the entry out"),
  trimmed,
  oneLine,
  atMost(limits.instanceName),
  (value, path, report) => {
    if (/^\*+$/.test(value)) {
      refuse(report, path, value, {
        wrong: "would mean every machine",
        allowed: aName,
        todo: "write the beginning of the names before the *",
      });
    } else if (value.slice(0, -1).includes("*")) {
      refuse(report, path, value, {
        wrong: "has a * that is not its last character",
        allowed: aName,
        todo: "write the beginning of the names and one * behind it, or several names",
      });
    }
  },
);

const expectRule: Rule = (value, path, report) => {
  shape(
    { min: whole({ min: 0 }), max: whole({ min: 1 }) },
    {
      allowed: "{ min?, max? }",
      aliases: { minimum: "targets.expect.min", maximum: "targets.expect.max" },
    },
  )(value, path, report);
  const { min, max } = knownMap(value) ?? {};
  if (typeof min !== "number" || typeof max !== "number" || min <= max) return;
  refuse(report, `${path}.min`, min, {
    wrong: `is above max (${show(max, `${path}.max`, report.secretPaths)})`,
    allowed: "min no greater than max",
    todo: "raise max or lower min",
  });
};

const excludeRule: Rule = (value, path, report) => {
  shape(
    { instanceIds: idsRule, tags: selectingTagsRule },
    { allowed: "{ instanceIds?, tags? }", aliases: { instanceId: "targets.exclude.instanceIds" } },
  )(value, path, report);
  if (!isMap(value) || isGiven(value.instanceIds) || isGiven(value.tags)) return;
  refuse(report, path, value, {
    wrong: "takes nothing out",
    allowed: "instanceIds, tags or both",
    todo: "say what to take out, or take exclude out",
  });
};

const fields = {
  instanceIds: idsRule,
  names: list(nameRule, {
    allowed: "names, [web-1, db-*]",
    whenEmpty: "write a name, or take names out",
  }),
  tags: selectingTagsRule,
  resourceGroupId: text(
    aGroup,
    filled(aGroup),
    trimmed,
    form(/^rg-[A-Za-z0-9]+$/, aGroup, "write the id that the console shows (not the group's name)"),
  ),
  clientStatus: oneOf(["online"]),
  exclude: excludeRule,
  membership: oneOf(["pinned", "track"]),
  expect: expectRule,
};

const aliases = {
  instanceId: "targets.instanceIds",
  ids: "targets.instanceIds",
  instances: "targets.instanceIds",
  name: "targets.names",
  instanceNames: "targets.names",
  tag: "targets.tags",
  resourceTags: "targets.tags",
  resourceGroup: "targets.resourceGroupId",
  min: "targets.expect.min",
  max: "targets.expect.max",
};

export const targetsRule: Rule = shape(fields, {
  allowed: `{ ${Object.keys(fields).join("?, ")}? }`,
  aliases,
});

/** What no single field can tell: that something is selected at all. */
export function judgeTargets(targets: unknown, report: Report): void {
  if (!isGiven(targets)) {
    refuse(report, "targets", targets, {
      wrong: "is missing",
      allowed: wanted,
      todo: 'say where to run, for example targets: { instanceIds: ["i-…"] }',
    });
    return;
  }
  const map = isUnknown(targets) ? undefined : knownMap(targets);
  if (map === undefined) return;
  const misspelt = Object.keys(map).some((name) => !Object.hasOwn(fields, name));
  if (!misspelt && !selectsAnything(map)) {
    refuse(report, "targets", targets, {
      wrong: "selects no machine",
      allowed: wanted,
      todo: "write one of these; nothing stands for every machine",
    });
  }
  const selecting = selectors.some((name) => isGiven(map[name]));
  if (isKnown(map.membership) && !selecting) {
    warn(report, "targets.membership", "has no effect: it concerns selected machines only.");
  }
}

function selectsAnything(map: Map): boolean {
  const declared = knownList(map.instanceIds);
  const anyDeclared = declared === undefined ? isGiven(map.instanceIds) : declared.length > 0;
  return anyDeclared || selectors.some((name) => isGiven(map[name]));
}

/** Refuses several ids in one entry, each with the entry's own path. Whether it did. */
function oneIdEach(value: string, path: string, report: Report): boolean {
  const ids = value.split(/[\s,;]+/).filter((part) => part !== "");
  if (ids.length < 2) return false;
  refuse(report, path, value, {
    wrong: `holds ${ids.length === 2 ? "two" : String(ids.length)} ids in one entry`,
    allowed: anId,
    todo: "write each id as an entry of its own",
  });
  return true;
}
