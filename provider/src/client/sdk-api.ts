import { createRequire } from "node:module";
import type * as EcsModule from "@alicloud/ecs20140526";
import type * as CoreModule from "@alicloud/openapi-core";
import type * as CredentialsModule from "@alicloud/credentials";
import type * as DaraModule from "@darabonba/typescript";
import { CloudAssistantError } from "../errors.js";
import type { AssumeRole, CredentialSource, Endpoint } from "./configuration.js";
import type { Action, Calls } from "./port.js";
import type { RawCall } from "./retrying-api.js";

export type SdkOptions = {
  readonly region: string;
  readonly endpoint: Endpoint | undefined;
  readonly credentials: CredentialSource;
  readonly assumeRole: AssumeRole | undefined;
  readonly userAgent: string;
  /** Takes known secrets out of what the credential chain says. */
  readonly redact?: (text: string) => string;
};

type Sdk = {
  readonly ecs: typeof EcsModule;
  readonly core: typeof CoreModule;
  readonly credentials: typeof CredentialsModule;
  readonly dara: typeof DaraModule;
};

/**
 * The SDK's time-outs are 3 s each, and its connect time-out is also the socket's idle time-out
 * (API reference 1.5): both are set, to the same value.
 */
const readTimeoutMs = 10_000;
const mutatingTimeoutMs = 20_000;

/** Calls Alibaba Cloud through its official SDK. The SDK is loaded at the first call, not before. */
export function sdkCalls(options: SdkOptions): { raw: RawCall; renew: () => Promise<boolean> } {
  let clients: Clients | undefined;
  return {
    raw: async (action, request) => {
      clients ??= connect(options);
      const current = clients;
      await haveCredentials(current, options);
      return action === "GetCallerIdentity"
        ? current.callerIdentity(action)
        : current.ecs(action, request);
    },
    // Keys that are written down do not change; roles and profiles are asked anew.
    renew: () => {
      const fixed = options.credentials.kind === "keys" && options.assumeRole === undefined;
      if (!fixed) clients = undefined;
      return Promise.resolve(!fixed);
    },
  };
}

/**
 * Asks for credentials before the call does: the SDK's own complaint looks like a network failure,
 * which would be waited out for minutes.
 * @throws CloudAssistantError `CredentialsMissing`
 */
async function haveCredentials(
  clients: Clients,
  { credentials, redact = (text) => text }: SdkOptions,
): Promise<void> {
  try {
    await clients.credential.getCredential();
  } catch (reason) {
    throw new CloudAssistantError(
      "CredentialsMissing",
      `No credentials can be had. Given: ${credentials.from}, which says: ` +
        `${firstLine(redact(withoutKeys(messageOf(reason), credentials)))}. Allowed: ` +
        `an access key, a profile or a role that works. Set ALIBABA_CLOUD_ACCESS_KEY_ID and ` +
        `ALIBABA_CLOUD_ACCESS_KEY_SECRET, or alicloud:profile; nothing was called.`,
      { cause: reason },
    );
  }
}

/** A chain quotes what it sent, and what it was answered. */
function secretsOf(source: CredentialSource): readonly string[] {
  if (source.kind === "uri") return [source.uri];
  if (source.kind !== "keys") return [];
  const { accessKeySecret, securityToken } = source;
  return securityToken === undefined ? [accessKeySecret] : [accessKeySecret, securityToken];
}

function withoutKeys(text: string, source: CredentialSource): string {
  return secretsOf(source)
    .filter((secret) => secret !== "")
    .reduce((said, secret) => said.replaceAll(secret, "[secret]"), text);
}

function messageOf(reason: unknown): string {
  return reason instanceof Error ? reason.message : String(reason);
}

function firstLine(text: string): string {
  return (text.split("\n", 1)[0] ?? "").slice(0, 200);
}

type Clients = {
  readonly credential: CredentialsModule.default;
  ecs<A extends Action>(action: A, request: Calls[A]["request"]): Promise<Calls[A]["response"]>;
  callerIdentity<A extends Action>(action: A): Promise<Calls[A]["response"]>;
};

function connect(options: SdkOptions): Clients {
  const sdk = load();
  const credential = credentialFor(sdk, options);
  const config = (endpoint: string | undefined): CoreModule.$OpenApiUtil.Config =>
    new sdk.core.$OpenApiUtil.Config({
      credential,
      regionId: options.region,
      userAgent: options.userAgent,
      ...(options.endpoint === undefined
        ? endpoint === undefined
          ? {}
          : { endpoint }
        : { endpoint: options.endpoint.host, protocol: options.endpoint.protocol }),
    });
  const ecs = new sdk.ecs.default(config(undefined));
  const sts = new sdk.core.default(config("sts.aliyuncs.com"));
  return {
    credential,
    ecs: (action, request) => callEcs(sdk, ecs, action, request),
    callerIdentity: async () => {
      const params = new sdk.core.$OpenApiUtil.Params({
        action: "GetCallerIdentity",
        version: "2015-04-01",
        protocol: options.endpoint?.protocol ?? "https",
        pathname: "/",
        method: "POST",
        authType: "AK",
        style: "RPC",
        reqBodyType: "formData",
        bodyType: "json",
      });
      const answer = (await sts.callApi(
        params,
        new sdk.core.$OpenApiUtil.OpenApiRequest({}),
        runtimeFor(sdk, readTimeoutMs),
      )) as { body?: { AccountId?: string; Arn?: string; RequestId?: string } };
      return {
        ...(answer.body?.RequestId === undefined ? {} : { requestId: answer.body.RequestId }),
        ...(answer.body?.AccountId === undefined ? {} : { accountId: answer.body.AccountId }),
        ...(answer.body?.Arn === undefined ? {} : { arn: answer.body.Arn }),
      };
    },
  };
}

/** CommonJS all of it, so that loading late needs no asynchronous import. */
const requireLate = createRequire(__filename);

function load(): Sdk {
  return {
    ecs: requireLate("@alicloud/ecs20140526") as typeof EcsModule,
    core: requireLate("@alicloud/openapi-core") as typeof CoreModule,
    credentials: requireLate("@alicloud/credentials") as typeof CredentialsModule,
    dara: requireLate("@darabonba/typescript") as typeof DaraModule,
  };
}

async function callEcs<A extends Action>(
  sdk: Sdk,
  client: EcsModule.default,
  action: A,
  request: Calls[A]["request"],
): Promise<Calls[A]["response"]> {
  const models = sdk.ecs as unknown as Record<string, new (map: unknown) => unknown>;
  const Request = models[`${action}Request`];
  const method = `${action.charAt(0).toLowerCase()}${action.slice(1)}WithOptions`;
  const call = (client as unknown as Record<string, (r: unknown, o: unknown) => Promise<unknown>>)[
    method
  ];
  if (Request === undefined || call === undefined) {
    throw new CloudAssistantError("NotImplemented", `The SDK has no action ${action}.`);
  }
  const timeoutMs = /^(Describe|List)/.test(action) ? readTimeoutMs : mutatingTimeoutMs;
  const full = { regionId: client._regionId, ...request };
  const answer = (await call.call(client, new Request(full), runtimeFor(sdk, timeoutMs))) as {
    body?: Calls[A]["response"];
  };
  return answer.body ?? {};
}

function runtimeFor(sdk: Sdk, timeoutMs: number): DaraModule.RuntimeOptions {
  return new sdk.dara.RuntimeOptions({ readTimeout: timeoutMs, connectTimeout: timeoutMs });
}

function credentialFor(sdk: Sdk, options: SdkOptions): CredentialsModule.default {
  const provider = providerFor(sdk, options.credentials);
  if (options.assumeRole === undefined) return new sdk.credentials.default(null, provider);
  const { roleArn, sessionName, externalId } = options.assumeRole;
  const builder = sdk.credentials.RAMRoleARNCredentialsProvider.builder()
    .withCredentialsProvider(provider)
    .withRoleArn(roleArn)
    .withRoleSessionName(sessionName ?? "pulumi-cloud-assistant");
  if (externalId !== undefined) builder.withExternalId(externalId);
  return new sdk.credentials.default(null, builder.build());
}

function providerFor(sdk: Sdk, source: CredentialSource): CredentialsModule.CredentialsProvider {
  const c = sdk.credentials;
  switch (source.kind) {
    case "keys":
      return source.securityToken === undefined
        ? c.StaticAKCredentialsProvider.builder()
            .withAccessKeyId(source.accessKeyId)
            .withAccessKeySecret(source.accessKeySecret)
            .build()
        : c.StaticSTSCredentialsProvider.builder()
            .withAccessKeyId(source.accessKeyId)
            .withAccessKeySecret(source.accessKeySecret)
            .withSecurityToken(source.securityToken)
            .build();
    case "profile":
      return c.CLIProfileCredentialsProvider.builder().withProfileName(source.profile).build();
    case "ecs-role":
      return c.ECSRAMRoleCredentialsProvider.builder().withRoleName(source.roleName).build();
    case "uri":
      return c.URICredentialsProvider.builder().withCredentialsURI(source.uri).build();
    case "oidc":
      return c.OIDCRoleArnCredentialsProvider.builder()
        .withRoleArn(source.roleArn)
        .withOIDCProviderArn(source.oidcProviderArn)
        .withOIDCTokenFilePath(source.oidcTokenFile)
        .withRoleSessionName(source.sessionName ?? "pulumi-cloud-assistant")
        .build();
    case "default-chain":
      return c.DefaultCredentialsProvider.builder().build();
  }
}
