import { openBack, type Back } from "../support/back.js";
import { run, savedCommand } from "../support/commands.js";

let back: Back;
beforeEach(async () => {
  back = await openBack({ instances: [{ instanceId: "i-1" }], sim: { afterMs: 1_000 } });
});
afterEach(() => back.close());

test("a command that nothing uses goes, and a second time it is not found", () => {
  const CommandId = savedCommand(back);
  back.ok("DeleteCommand", { CommandId });
  expect(back.ok("DescribeCommands", { CommandId }).Commands.Command).toEqual([]);
  expect(back.refused("DeleteCommand", { CommandId })).toBe("InvalidCmdId.NotFound");
});

test("while it runs it is in use, and afterwards it goes", async () => {
  const CommandId = savedCommand(back);
  back.ok("InvokeCommand", { CommandId, InstanceId: ["i-1"] });
  const { status, body } = back.call("DeleteCommand", { CommandId });
  expect([status, body.Code, body.Message]).toEqual([
    403,
    "InvalidStatus.CmdIdInUse",
    "The specified commandId is in use by some runing Invocation.",
  ]);
  await back.advance(1);
  back.ok("DeleteCommand", { CommandId });
});

test.each(["Period", "NextRebootOnly", "EveryReboot"])(
  "a %s invocation that waits keeps it in use until it is stopped",
  async (RepeatMode) => {
    const CommandId = savedCommand(back);
    const Frequency = RepeatMode === "Period" ? "rate(5m)" : undefined;
    const { InvokeId } = back.ok("InvokeCommand", {
      CommandId,
      InstanceId: ["i-1"],
      RepeatMode,
      Frequency,
    });
    await back.settle();
    expect(back.refused("DeleteCommand", { CommandId })).toBe("InvalidStatus.CmdIdInUse");
    back.ok("StopInvocation", { InvokeId });
    await back.settle();
    back.ok("DeleteCommand", { CommandId });
  },
);

test("the command of a finished run stays readable in its record", async () => {
  const { InvokeId } = run(back, ["i-1"], { KeepCommand: true, Name: "kept" });
  await back.advance(1);
  const [{ CommandId }] = back.ok("DescribeCommands", { Name: "kept" }).Commands.Command;
  back.ok("DeleteCommand", { CommandId });
  const [found] = back.ok("DescribeInvocations", { InvokeId }).Invocations.Invocation;
  expect(found.CommandName).toBe("kept");
});
