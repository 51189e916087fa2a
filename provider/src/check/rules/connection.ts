/** With which account and region: never a key, never an endpoint. */
import { childPath } from "../../paths.js";
import { isGiven, isMap, known, text } from "../kinds.js";
import { refuse } from "../report.js";
import { shape } from "../shape.js";
import { atMost, filled, form, oneLine, trimmed } from "../texts.js";

const region = "a region id, for example cn-hangzhou";
const account = "an account id, digits only, in quotes";
const profile = "the name of a profile of the Alibaba Cloud CLI";
const roleArn = "acs:ram::<account id>:role/<name>";
const session = "2 to 64 of letters, digits and . @ - _";
const external = "2 to 1224 characters";

const keyNames =
  /^(?:accesskey|secret|securitytoken|ststoken|token|password|credential|bearer)|key$/i;
const endpointNames = /endpoint|^url$|^host$|^protocol$/i;

const roleForm = shape(
  {
    roleArn: text(
      roleArn,
      filled(roleArn),
      trimmed,
      form(
        /^acs:ram::\d+:role\/[A-Za-z0-9._-]+$/,
        roleArn,
        "write the ARN that the RAM console shows",
      ),
    ),
    sessionName: text(
      session,
      filled(session),
      trimmed,
      form(/^[A-Za-z0-9.@_-]{2,64}$/, session, "write a shorter or plainer name"),
    ),
    externalId: text(external, filled(external), oneLine, atMost(1224)),
  },
  {
    allowed: "{ roleArn, sessionName?, externalId? }",
    aliases: { arn: "connection.assumeRole.roleArn" },
  },
);

const roleRule = known((value, path, report) => {
  roleForm(value, path, report);
  if (!isMap(value) || isGiven(value.roleArn)) return;
  refuse(report, childPath(path, "roleArn"), value.roleArn, {
    wrong: "is missing",
    allowed: roleArn,
    todo: "write the ARN of the role to assume",
  });
});

const connectionForm = shape(
  {
    region: text(
      region,
      filled(region),
      trimmed,
      form(/^[a-z]{2}-[a-z0-9]+(?:-[a-z0-9]+)*$/, region, "write the id, not the city's name"),
    ),
    accountId: text(
      account,
      filled(account),
      trimmed,
      form(/^\d+$/, account, "write the number that the console shows at the top right"),
    ),
    profile: text(profile, filled(profile), oneLine, trimmed),
    assumeRole: roleRule,
  },
  {
    allowed: "{ region?, accountId?, profile?, assumeRole? }",
    aliases: { regionId: "connection.region", roleArn: "connection.assumeRole.roleArn" },
  },
);

/** Keys and endpoints are refused by name; everything else by its form. */
export const connectionRule = known((value, path, report) => {
  if (!isMap(value)) {
    connectionForm(value, path, report);
    return;
  }
  const rest: Record<string, unknown> = {};
  for (const [key, entry] of Object.entries(value)) {
    if (!isGiven(entry)) continue;
    if (keyNames.test(key)) {
      refuse(report, childPath(path, key), undefined, {
        wrong: "is a credential, which would be kept in the state",
        given: "[secret]",
        allowed: "region, accountId, profile and assumeRole",
        todo:
          "take it out; keys belong into the environment (CLOUD_ASSISTANT_ACCESS_KEY_ID, " +
          "CLOUD_ASSISTANT_ACCESS_KEY_SECRET) or behind pulumi config set --secret",
      });
    } else if (endpointNames.test(key)) {
      refuse(report, childPath(path, key), entry, {
        wrong: "is set by operators, never by a program",
        allowed: "region, accountId, profile and assumeRole",
        todo: "take it out, and use CLOUD_ASSISTANT_ENDPOINT or the configuration cloud-assistant:endpoint",
      });
    } else rest[key] = entry;
  }
  connectionForm(rest, path, report);
});
