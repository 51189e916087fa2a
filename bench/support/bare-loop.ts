/**
 * What somebody writes who only wants the command to run: the ids by tag, the calls of a batch at
 * once, a look every second, the output of each finished call. No readiness, no ledger, no plan.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { serveOrder } from "./child.js";
import { sdkClient, type SdkClient } from "./sdk-client.js";

export type BareOrder = {
  readonly tag: { readonly key: string; readonly value: string };
  readonly script: string;
  /** Targets in flight together. */
  readonly batchSize: number;
  readonly timeoutSeconds: number;
};

export type BareAnswer = {
  readonly wallMs: number;
  readonly members: number;
  readonly succeeded: number;
  readonly outputBytes: number;
};

/** Targets a call, as every account takes it. */
const perCall = 50;
/** Requests in flight at once: the provider's own bound. */
const concurrency = 16;

serveOrder(async (order: BareOrder): Promise<BareAnswer> => {
  const started = performance.now();
  const client = sdkClient(process.env);
  const ids = await idsWithTag(client, order.tag);
  let [succeeded, outputBytes] = [0, 0];
  for (const [number, batch] of chunks(ids, order.batchSize).entries()) {
    const run = `bare-${process.pid}-${number}`;
    const invokeIds = await inParallel(chunks(batch, perCall), (call) =>
      runCommand(client, call, run, order),
    );
    succeeded += await untilFinished(client, run, invokeIds.length);
    const sizes = await inParallel(invokeIds, (id) => outputOf(client, id));
    outputBytes += sizes.reduce((sum, size) => sum + size, 0);
  }
  return { wallMs: performance.now() - started, members: ids.length, succeeded, outputBytes };
});

async function idsWithTag(client: SdkClient, tag: BareOrder["tag"]): Promise<readonly string[]> {
  const ids: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = await client.call("ListTagResources", {
      resourceType: "instance",
      tag: [tag],
      nextToken,
    });
    for (const { resourceId } of page.tagResources?.tagResource ?? []) ids.push(resourceId);
    nextToken = page.nextToken || undefined;
  } while (nextToken !== undefined);
  return ids;
}

async function runCommand(
  client: SdkClient,
  instanceId: readonly string[],
  run: string,
  order: BareOrder,
): Promise<string> {
  const { invokeId } = await client.call("RunCommand", {
    type: "RunShellScript",
    commandContent: Buffer.from(order.script).toString("base64"),
    contentEncoding: "Base64",
    timeout: order.timeoutSeconds,
    instanceId,
    tag: [{ key: "run", value: run }],
  });
  return invokeId;
}

/** @returns how many machines succeeded */
async function untilFinished(client: SdkClient, run: string, calls: number): Promise<number> {
  for (;;) {
    await sleep(1_000);
    const invocations: any[] = [];
    let nextToken: string | undefined;
    do {
      const page = await client.call("DescribeInvocations", {
        tag: [{ key: "run", value: run }],
        maxResults: 50,
        nextToken,
      });
      invocations.push(...(page.invocations?.invocation ?? []));
      nextToken = page.nextToken || undefined;
    } while (nextToken !== undefined);
    const rows: any[] = invocations.flatMap((one) => one.invokeInstances.invokeInstance);
    const running = rows.some(({ invocationStatus }) => /Pending|Running/.test(invocationStatus));
    if (invocations.length < calls || running) continue;
    return rows.filter(({ invocationStatus }) => invocationStatus === "Success").length;
  }
}

async function outputOf(client: SdkClient, invokeId: string): Promise<number> {
  const page = await client.call("DescribeInvocationResults", {
    invokeId,
    contentEncoding: "Base64",
    maxResults: 50,
  });
  const results: any[] = page.invocation.invocationResults.invocationResult;
  return Buffer.concat(results.map(({ output }) => Buffer.from(output, "base64"))).length;
}

function chunks<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}

async function inParallel<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = new Array<R>(items.length);
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) {
      results[index] = await work(items[index]!);
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, worker));
  return results;
}
