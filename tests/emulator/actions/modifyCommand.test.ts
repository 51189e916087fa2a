import { base64, openBack, type Back } from "../support/back.js";
import { invocation, savedCommand } from "../support/commands.js";

let back: Back;
beforeEach(async () => {
  back = await openBack({ instances: [{ instanceId: "i-1" }] });
});
afterEach(() => back.close());

const read = (CommandId: string) => back.ok("DescribeCommands", { CommandId }).Commands.Command[0];

test("changes what can be changed and leaves the rest", () => {
  const CommandId = savedCommand(back, { Description: "before", Timeout: 100 });
  back.ok("ModifyCommand", { CommandId, Name: "new", WorkingDir: "/tmp", Timeout: 5 });
  expect(read(CommandId)).toMatchObject({
    Name: "new",
    Description: "before",
    WorkingDir: "/tmp",
    Timeout: 10,
    Type: "RunShellScript",
  });
});

test("an empty text clears a description", () => {
  const CommandId = savedCommand(back, { Description: "before" });
  back.ok("ModifyCommand", { CommandId, Description: "" });
  expect(read(CommandId).Description).toBe("");
});

test("content may be sent and has no effect", () => {
  const CommandId = savedCommand(back);
  back.ok("ModifyCommand", { CommandId, CommandContent: base64("rm -rf /") });
  expect(read(CommandId).CommandContent).toBe(base64("echo hello\n"));
});

test("an invocation keeps the values that it was made with", () => {
  const CommandId = savedCommand(back, { Timeout: 100 });
  const { InvokeId } = back.ok("InvokeCommand", { CommandId, InstanceId: ["i-1"] });
  back.ok("ModifyCommand", { CommandId, Name: "later", Timeout: 200 });
  expect(invocation(back, InvokeId)).toMatchObject({ CommandName: "hello", Timeout: 100 });
});

test("refuses what does not exist, what is too long, and what is published", async () => {
  expect(back.refused("ModifyCommand", { CommandId: "c-none" })).toBe("InvalidCmdId.NotFound");
  const CommandId = savedCommand(back);
  expect(back.refused("ModifyCommand", { CommandId, Name: "n".repeat(129) })).toBe(
    "CmdName.ExceedLimit",
  );
  back.service.admin.publicCommands.add({ name: "ACS-X", type: "RunShellScript", content: "x" });
  const [command] = back.ok("DescribeCommands", { Provider: "AlibabaCloud" }).Commands.Command;
  expect(back.refused("ModifyCommand", { CommandId: command.CommandId, Name: "n" })).toBe(
    "CmdName.Readonly",
  );
});
