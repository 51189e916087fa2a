import Ecs, * as models from "@alicloud/ecs20140526";
import { $OpenApiUtil } from "@alicloud/openapi-core";
import { RuntimeOptions } from "@darabonba/typescript";

/** Calls by the official SDK with nothing of ours around it. */
export type SdkClient = {
  call(action: string, request: Readonly<Record<string, unknown>>): Promise<any>;
};

/** A client for the emulator that the environment names, as for the provider. */
export function sdkClient(env: NodeJS.ProcessEnv): SdkClient {
  const client = new Ecs(
    new $OpenApiUtil.Config({
      accessKeyId: env.CLOUD_ASSISTANT_ACCESS_KEY_ID,
      accessKeySecret: env.CLOUD_ASSISTANT_ACCESS_KEY_SECRET,
      regionId: env.CLOUD_ASSISTANT_REGION,
      endpoint: new URL(env.CLOUD_ASSISTANT_ENDPOINT!).host,
      protocol: "http",
    }),
  );
  const runtime = new RuntimeOptions({ readTimeout: 20_000, connectTimeout: 20_000 });
  return {
    call: async (action, request) => {
      const Request = (models as any)[`${action}Request`];
      const method = `${action.charAt(0).toLowerCase()}${action.slice(1)}WithOptions`;
      const full = new Request({ regionId: env.CLOUD_ASSISTANT_REGION, ...request });
      const { body } = await (client as any)[method](full, runtime);
      return body;
    },
  };
}
