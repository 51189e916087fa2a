// March 2026 under virtual time, in a process of its own: inside a test runner's sandbox the same
// month takes five times as long. Prints one line of JSON for march.test.ts to judge.
const { openService } = require("../../../emulator/dist/service.js");
const { createClock } = require("../../../emulator/dist/clock/index.js");

const [from, to, frequency, ...instances] = process.argv.slice(2);

async function main() {
  const clock = createClock({ mode: "virtual", now: from });
  const service = await openService({
    regionId: "cn-hangzhou",
    accounts: [{ accountId: "1", accessKeyId: "key" }],
    clock,
    seed: "march",
    instances: instances.map((one) => {
      const [instanceId, timeZone] = one.split("=");
      return { instanceId, timeZone };
    }),
  });
  const starts = new Map();
  const failed = [];
  service.admin.events.subscribe((event) => {
    if (event.kind !== "run") return;
    if (event.status !== "Success") failed.push(event);
    if (!starts.has(event.instanceId)) starts.set(event.instanceId, []);
    starts.get(event.instanceId).push(event.startedAt);
  });
  const ask = (action, params) =>
    service.handle({
      ...{ action, params, version: "2014-05-26", regionId: "cn-hangzhou" },
      ...{ accountId: "1", accessKeyId: "key", requestId: "r" },
    }).body;
  await clock.advanceTo(clock.now());
  const params = { Type: "RunShellScript", CommandContent: "true", Frequency: frequency };
  instances.forEach((one, index) => {
    params[`InstanceId.${index + 1}`] = one.split("=")[0];
  });
  const { InvokeId } = ask("RunCommand", params);
  await clock.advanceTo(Date.parse(to));

  // Instances with the same runs are told together.
  const groups = new Map();
  for (const [instanceId, times] of starts) {
    const text = times.join(" ");
    if (!groups.has(text)) groups.set(text, { times, instanceIds: [] });
    groups.get(text).instanceIds.push(instanceId);
  }
  process.stdout.write(
    JSON.stringify({
      failed,
      groups: [...groups.values()],
      rows: ask("DescribeInvocations", { InvokeId }).Invocations.Invocation[0].InvokeInstances
        .InvokeInstance,
      history: ask("DescribeInvocationResults", { InvokeId, IncludeHistory: "true" }).Invocation
        .TotalCount,
    }),
  );
  await service.close();
}

main().catch((reason) => {
  process.stderr.write(`${reason.stack}\n`);
  process.exitCode = 1;
});
