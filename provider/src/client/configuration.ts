import { CloudAssistantError } from "../errors.js";
import { configNamespace } from "../names.js";
import type { Connection } from "../inputs.js";

/** Where credentials come from, decided before anything is loaded. */
export type CredentialSource =
  | {
      readonly kind: "keys";
      readonly from: string;
      readonly accessKeyId: string;
      readonly accessKeySecret: string;
      readonly securityToken?: string;
    }
  | { readonly kind: "profile"; readonly from: string; readonly profile: string }
  | { readonly kind: "ecs-role"; readonly from: string; readonly roleName: string }
  | { readonly kind: "uri"; readonly from: string; readonly uri: string }
  | {
      readonly kind: "oidc";
      readonly from: string;
      readonly roleArn: string;
      readonly oidcProviderArn: string;
      readonly oidcTokenFile: string;
      readonly sessionName?: string;
    }
  | { readonly kind: "default-chain"; readonly from: string };

export type AssumeRole = {
  readonly roleArn: string;
  readonly sessionName?: string;
  readonly externalId?: string;
};

export type Endpoint = {
  /** `host:port`, without a scheme: what the SDK wants. */
  readonly host: string;
  readonly protocol: "http" | "https";
};

/** Settings of whoever operates the stack; never inputs of a program. */
export type OperatorSettings = {
  readonly allowedAccountIds: readonly string[];
  readonly maxTargets: number | undefined;
  readonly denyTags: Readonly<Record<string, string>>;
  readonly maxInstancesPerCall: number;
  readonly requireKnownPlan: boolean;
  readonly ownerSalt: string;
  readonly resume: string | undefined;
  readonly abandon: string | undefined;
};

export type Settings = {
  readonly region: string | undefined;
  readonly endpoint: Endpoint | undefined;
  readonly credentials: CredentialSource;
  readonly assumeRole: AssumeRole | undefined;
  readonly operator: OperatorSettings;
};

/** What every account takes (API reference 2.1: newer accounts take 100). */
export const defaultInstancesPerCall = 50;

type Env = Readonly<Record<string, string | undefined>>;
/** Reads a stack configuration value by its full key, `namespace:name`. */
export type ConfigReader = (key: string) => string | undefined;

/**
 * Settles where to call, as whom and within which bounds. The environment comes first, because
 * refresh and destroy use the configuration that is saved in the state.
 * @throws CloudAssistantError `InvalidConfiguration`, naming each problem
 */
export function resolveSettings(env: Env, config: ConfigReader, connection?: Connection): Settings {
  const problems: string[] = [];
  const endpoint = endpointOf(env, config, problems);
  const credentials = credentialsOf(env, config, connection, problems);
  const settings: Settings = {
    region: regionOf(env, config, connection),
    endpoint,
    credentials,
    assumeRole: assumeRoleOf(credentials, config, connection, problems),
    operator: operatorSettingsOf(env, config, problems),
  };
  if (problems.length > 0) {
    throw new CloudAssistantError("InvalidConfiguration", problems.join("\n"));
  }
  return settings;
}

function own(env: Env, config: ConfigReader, envName: string, key: string): string | undefined {
  return text(env[`CLOUD_ASSISTANT_${envName}`]) ?? text(config(`${configNamespace}:${key}`));
}

function text(value: string | undefined): string | undefined {
  return value === undefined || value === "" ? undefined : value;
}

function regionOf(
  env: Env,
  config: ConfigReader,
  connection: Connection | undefined,
): string | undefined {
  return (
    text(connection?.region) ??
    own(env, config, "REGION", "region") ??
    text(config("alicloud:region")) ??
    text(env.ALIBABA_CLOUD_REGION_ID) ??
    text(env.ALIBABA_CLOUD_REGION) ??
    text(env.ALICLOUD_REGION)
  );
}

function endpointOf(env: Env, config: ConfigReader, problems: string[]): Endpoint | undefined {
  const given = own(env, config, "ENDPOINT", "endpoint");
  if (given === undefined) return undefined;
  const match = /^(?:(https?):\/\/)?([A-Za-z0-9.-]+|\[[0-9a-fA-F:]+\])(:\d{1,5})?\/?$/.exec(given);
  const host = match?.[2];
  if (match === null || host === undefined) {
    problems.push(
      `${configNamespace}:endpoint is not an address. Given: "${given}". Allowed: a host with an ` +
        `optional scheme and port, such as http://127.0.0.1:8055. Write one of these, or leave it out.`,
    );
    return undefined;
  }
  const protocol = match[1] === "http" ? "http" : "https";
  if (protocol === "http" && !isLoopback(host)) {
    problems.push(
      `${configNamespace}:endpoint is plain http to another machine. Given: "${given}". Allowed: ` +
        `http to a loopback address (127.0.0.1, localhost), https elsewhere. Write https://${host}.`,
    );
  }
  return { host: `${host}${match[3] ?? ""}`, protocol };
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(host);
}

function credentialsOf(
  env: Env,
  config: ConfigReader,
  connection: Connection | undefined,
  problems: string[],
): CredentialSource {
  const c = (key: string): string | undefined => text(config(`${configNamespace}:${key}`));
  const a = (key: string): string | undefined => text(config(`alicloud:${key}`));
  const found =
    keys(problems, "the CLOUD_ASSISTANT_* environment", {
      id: ["CLOUD_ASSISTANT_ACCESS_KEY_ID", env.CLOUD_ASSISTANT_ACCESS_KEY_ID],
      secret: ["CLOUD_ASSISTANT_ACCESS_KEY_SECRET", env.CLOUD_ASSISTANT_ACCESS_KEY_SECRET],
      token: env.CLOUD_ASSISTANT_SECURITY_TOKEN,
    }) ??
    profile("CLOUD_ASSISTANT_PROFILE", text(env.CLOUD_ASSISTANT_PROFILE)) ??
    profile("connection.profile", text(connection?.profile)) ??
    keys(problems, "the stack configuration", {
      id: [`${configNamespace}:accessKey`, c("accessKey")],
      secret: [`${configNamespace}:secretKey`, c("secretKey")],
      token: c("securityToken"),
    }) ??
    profile(`${configNamespace}:profile`, c("profile")) ??
    keys(problems, "the stack configuration", {
      id: ["alicloud:accessKey", a("accessKey")],
      secret: ["alicloud:secretKey", a("secretKey")],
      token: a("securityToken"),
    }) ??
    oidc(a("assumeRoleWithOidc"), problems) ??
    profile("alicloud:profile", a("profile")) ??
    ecsRole("alicloud:ecsRoleName", a("ecsRoleName")) ??
    uri("alicloud:credentialsUri", a("credentialsUri")) ??
    keys(problems, "the environment", {
      id: ["ALIBABA_CLOUD_ACCESS_KEY_ID", env.ALIBABA_CLOUD_ACCESS_KEY_ID],
      secret: ["ALIBABA_CLOUD_ACCESS_KEY_SECRET", env.ALIBABA_CLOUD_ACCESS_KEY_SECRET],
      token: env.ALIBABA_CLOUD_SECURITY_TOKEN,
    }) ??
    keys(problems, "the environment", {
      id: ["ALICLOUD_ACCESS_KEY", env.ALICLOUD_ACCESS_KEY],
      secret: ["ALICLOUD_SECRET_KEY", env.ALICLOUD_SECRET_KEY],
      token: env.ALICLOUD_SECURITY_TOKEN,
    }) ??
    profile("ALICLOUD_PROFILE", text(env.ALICLOUD_PROFILE));
  return found ?? { kind: "default-chain", from: "the default chain of @alicloud/credentials" };
}

type NamedValue = readonly [name: string, value: string | undefined];

function keys(
  problems: string[],
  from: string,
  given: {
    readonly id: NamedValue;
    readonly secret: NamedValue;
    readonly token: string | undefined;
  },
): CredentialSource | undefined {
  const accessKeyId = text(given.id[1]);
  const accessKeySecret = text(given.secret[1]);
  if (accessKeyId === undefined && accessKeySecret === undefined) return undefined;
  if (accessKeyId === undefined || accessKeySecret === undefined) {
    const [has, lacks] =
      accessKeyId === undefined ? [given.secret[0], given.id[0]] : [given.id[0], given.secret[0]];
    problems.push(
      `Half an access key is set in ${from}. Given: ${has}, without ${lacks}. Allowed: both or ` +
        `neither. Set ${lacks} too, or unset ${has}.`,
    );
    return undefined;
  }
  const securityToken = text(given.token);
  return {
    kind: "keys",
    from: given.id[0],
    accessKeyId,
    accessKeySecret,
    ...(securityToken === undefined ? {} : { securityToken }),
  };
}

function profile(from: string, name: string | undefined): CredentialSource | undefined {
  return name === undefined ? undefined : { kind: "profile", from, profile: name };
}

function ecsRole(from: string, roleName: string | undefined): CredentialSource | undefined {
  return roleName === undefined ? undefined : { kind: "ecs-role", from, roleName };
}

function uri(from: string, value: string | undefined): CredentialSource | undefined {
  return value === undefined ? undefined : { kind: "uri", from, uri: value };
}

function oidc(value: string | undefined, problems: string[]): CredentialSource | undefined {
  const found = jsonObject("alicloud:assumeRoleWithOidc", value, problems);
  if (found === undefined) return undefined;
  const { roleArn, oidcProviderArn, oidcTokenFile, roleSessionName } = found;
  if (roleArn === undefined || oidcProviderArn === undefined || oidcTokenFile === undefined) {
    problems.push(
      `alicloud:assumeRoleWithOidc is not whole. Given: ${Object.keys(found).sort().join(", ")}. ` +
        `Allowed here: roleArn, oidcProviderArn and oidcTokenFile together. Add what is missing.`,
    );
    return undefined;
  }
  return {
    kind: "oidc",
    from: "alicloud:assumeRoleWithOidc",
    roleArn,
    oidcProviderArn,
    oidcTokenFile,
    ...(roleSessionName === undefined ? {} : { sessionName: roleSessionName }),
  };
}

/** Where credentials and roles come from, in their order. */
const places = { ownEnvironment: 0, connection: 1, own: 2, alicloud: 3, elsewhere: 4 } as const;

function placeOf({ from }: CredentialSource): number {
  if (from.startsWith("CLOUD_ASSISTANT_")) return places.ownEnvironment;
  if (from.startsWith("connection.")) return places.connection;
  if (from.startsWith(`${configNamespace}:`)) return places.own;
  return from.startsWith("alicloud:") ? places.alicloud : places.elsewhere;
}

function assumeRoleOf(
  credentials: CredentialSource,
  config: ConfigReader,
  connection: Connection | undefined,
  problems: string[],
): AssumeRole | undefined {
  // A role belongs to the credentials of its own place, or of a place that comes later: laid over
  // those of an earlier one it would run the command in another account than they name.
  const place = placeOf(credentials);
  if (place < places.connection) return undefined;
  if (connection?.assumeRole !== undefined) return connection.assumeRole;
  const roles = [
    [`${configNamespace}:assumeRole`, places.own],
    ["alicloud:assumeRole", places.alicloud],
  ] as const;
  for (const [key, from] of roles) {
    if (place < from) return undefined;
    const found = jsonObject(key, text(config(key)), problems);
    if (found?.roleArn === undefined) continue;
    return {
      roleArn: found.roleArn,
      ...(found.sessionName === undefined ? {} : { sessionName: found.sessionName }),
      ...(found.externalId === undefined ? {} : { externalId: found.externalId }),
    };
  }
  return undefined;
}

function operatorSettingsOf(env: Env, config: ConfigReader, problems: string[]): OperatorSettings {
  const get = (envName: string, key: string): string | undefined => own(env, config, envName, key);
  return {
    allowedAccountIds: list(get("ALLOWED_ACCOUNT_IDS", "allowedAccountIds")),
    maxTargets: integer("maxTargets", get("MAX_TARGETS", "maxTargets"), 1, 20_000, problems),
    denyTags:
      jsonObject(`${configNamespace}:denyTags`, get("DENY_TAGS", "denyTags"), problems) ?? {},
    maxInstancesPerCall:
      integer(
        "maxInstancesPerCall",
        get("MAX_INSTANCES_PER_CALL", "maxInstancesPerCall"),
        1,
        1_000,
        problems,
      ) ?? defaultInstancesPerCall,
    requireKnownPlan: get("REQUIRE_KNOWN_PLAN", "requireKnownPlan") === "true",
    ownerSalt: get("OWNER_SALT", "ownerSalt") ?? "",
    resume: get("RESUME", "resume"),
    abandon: get("ABANDON", "abandon"),
  };
}

function list(value: string | undefined): readonly string[] {
  if (value === undefined) return [];
  return value
    .replace(/[[\]"]/g, "")
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");
}

function integer(
  key: string,
  value: string | undefined,
  min: number,
  max: number,
  problems: string[],
): number | undefined {
  if (value === undefined) return undefined;
  const number = Number(value);
  if (Number.isInteger(number) && number >= min && number <= max) return number;
  problems.push(
    `${configNamespace}:${key} is not a number in its range. Given: "${value}". Allowed: a whole ` +
      `number from ${min} to ${max}. Set one of these, or leave it out.`,
  );
  return undefined;
}

function jsonObject(
  key: string,
  value: string | undefined,
  problems: string[],
): Record<string, string> | undefined {
  if (value === undefined) return undefined;
  try {
    const parsed: unknown = JSON.parse(value);
    if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)) {
      return Object.fromEntries(
        Object.entries(parsed)
          .filter(([, item]) => item !== undefined && item !== null && item !== "")
          .map(([name, item]) => [name, String(item)]),
      );
    }
  } catch {
    // Falls through to the problem below: the text is not JSON.
  }
  problems.push(
    `${key} is not an object. Given: text of ${value.length} characters that is not a JSON object. ` +
      `Allowed: a map such as {"roleArn": "acs:ram::123:role/name"}. Write it with ` +
      `pulumi config set --path.`,
  );
  return undefined;
}
