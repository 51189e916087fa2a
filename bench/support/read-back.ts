/** A command on a whole fleet with nothing between it and the emulator, and every result of it. */
import { setTimeout as sleep } from "node:timers/promises";
import { serveOrder } from "./child.js";
import { instanceId } from "./emulator-process.js";
import { sdkClient, type SdkClient } from "./sdk-client.js";

export type ReadBackOrder = { readonly instances: number; readonly script: string };
export type ReadBackAnswer = { readonly calls: number; readonly succeeded: number };

const perCall = 50;

serveOrder(async ({ instances, script }: ReadBackOrder): Promise<ReadBackAnswer> => {
  const client = sdkClient(process.env);
  const invokeIds: string[] = [];
  for (let first = 0; first < instances; first += perCall) {
    const count = Math.min(perCall, instances - first);
    const { invokeId } = await client.call("RunCommand", {
      type: "RunShellScript",
      commandContent: Buffer.from(script).toString("base64"),
      contentEncoding: "Base64",
      instanceId: Array.from({ length: count }, (_, index) => instanceId(first + index)),
    });
    invokeIds.push(invokeId);
  }
  let succeeded = 0;
  for (const invokeId of invokeIds) succeeded += await successes(client, invokeId);
  return { calls: invokeIds.length, succeeded };
});

async function successes(client: SdkClient, invokeId: string): Promise<number> {
  for (;;) {
    const { invocation } = await client.call("DescribeInvocationResults", {
      invokeId,
      contentEncoding: "Base64",
      maxResults: 50,
    });
    const results: any[] = invocation.invocationResults.invocationResult;
    const open = results.some(({ invocationStatus }) => /Pending|Running/.test(invocationStatus));
    if (!open) {
      return results.filter(
        ({ invocationStatus, output }) =>
          invocationStatus === "Success" && Buffer.from(output, "base64").toString() === "done\n",
      ).length;
    }
    await sleep(200);
  }
}
