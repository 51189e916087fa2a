import { base64, type Back, type Params } from "./back.js";

/** A saved shell command; its id. */
export function savedCommand(back: Back, params: Params = {}): string {
  const content = base64("echo hello\n");
  const defaults = { Name: "hello", Type: "RunShellScript", CommandContent: content };
  return back.ok("CreateCommand", { ...defaults, ...params }).CommandId;
}

/** RunCommand of a shell script; the whole answer. */
export function run(back: Back, instanceIds: readonly string[], params: Params = {}): any {
  return back.ok("RunCommand", {
    Type: "RunShellScript",
    CommandContent: "echo hello\n",
    InstanceId: instanceIds,
    ...params,
  });
}

export function invocation(back: Back, InvokeId: string, params: Params = {}): any {
  const { Invocations } = back.ok("DescribeInvocations", {
    InvokeId,
    ContentEncoding: "PlainText",
    IncludeOutput: true,
    ...params,
  });
  return Invocations.Invocation[0];
}

/** The rows of an invocation by instance. */
export function rows(back: Back, invokeId: string): Record<string, any> {
  const list: any[] = invocation(back, invokeId).InvokeInstances.InvokeInstance;
  return Object.fromEntries(list.map((row) => [row.InstanceId, row]));
}

export function row(back: Back, invokeId: string, instanceId: string): any {
  return rows(back, invokeId)[instanceId];
}

/** Every result of a filter, page after page. */
export function allResults(back: Back, params: Params): any[] {
  const found: any[] = [];
  let NextToken: string | undefined;
  do {
    const { Invocation } = back.ok("DescribeInvocationResults", {
      MaxResults: 50,
      ContentEncoding: "PlainText",
      ...params,
      ...(NextToken === undefined ? {} : { NextToken }),
    });
    found.push(...Invocation.InvocationResults.InvocationResult);
    NextToken = Invocation.NextToken;
  } while (NextToken !== "");
  return found;
}
