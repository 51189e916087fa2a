import { parseLauncher } from "../../../emulator/src/backends/exec/launcher.js";
import { textOf } from "./support/bench.js";
import { eachIsolation } from "./support/each-isolation.js";

jest.setTimeout(60_000);

describe("parseLauncher()", () => {
  test.each([
    ['python3 -u {{ACS::ScriptFileName|Ext(".py")}}', ".py", ["python3", "-u", "S"]],
    ["bash {{ACS::ScriptFileName}} 'a b' \"c\"d", undefined, ["bash", "S", "a b", "cd"]],
    ["{{ ACS::ScriptFileName | Ext('.rb') }}", ".rb", ["S"]],
    ["bash -eu", undefined, ["bash", "-eu", "S"]],
    ["env --file={{ACS::ScriptFileName}} ''", undefined, ["env", "--file=S", ""]],
  ])("%s", (text, extension, words) => {
    const launcher = parseLauncher(text);
    expect(launcher).toMatchObject({ kind: "launcher" });
    if (launcher.kind !== "launcher") return;
    expect(launcher.extension).toBe(extension);
    expect(launcher.words("S")).toEqual(words);
  });

  test.each(["'open", "   ", "@plugin {{ACS::ScriptFileName}}"])("%j cannot be read", (text) => {
    expect(parseLauncher(text)).toMatchObject({ kind: "unreadable" });
  });
});

eachIsolation("launchers and types", (bench) => {
  test("a launcher starts the script under the ending that it asks for", async () => {
    const report = await bench().run('echo "$0" "$@"', {
      launcher: "bash -eu {{ACS::ScriptFileName|Ext(\".bash\")}} 'one two' 3",
    });
    expect(report).toMatchObject({ kind: "finish", exitCode: 0 });
    expect(textOf(report)).toMatch(/\/t-\S+\.iv1\.bash one two 3\n$/);
  });

  test("a launcher that is not there is an error", async () => {
    expect(await bench().run("x", { launcher: "nosuchprogram -x" })).toMatchObject({
      kind: "error",
      errorCode: "ExecutionException",
      detail: "LauncherNotFound: nosuchprogram",
      startedAt: 0,
    });
  });

  test("a batch file is started and cannot be executed", async () => {
    const task = bench().task("echo hi", { type: "RunBatScript" });
    bench().backend.deliver(task);
    expect(await bench().final(task)).toMatchObject({
      kind: "error",
      errorCode: "ExecutionException",
      detail: expect.stringMatching(/^fork\/exec \S+\.iv1\.bat: permission denied$/),
    });
    expect(
      bench()
        .reportsOf(task)
        .map(({ kind }) => kind),
    ).toEqual(["running", "error"]);
  });

  test("a Windows machine takes no command here", async () => {
    bench().boot("i-windows", { osType: "windows" });
    const report = await bench().run("dir", { instanceId: "i-windows", type: "RunBatScript" });
    expect(report).toMatchObject({ kind: "invalid", errorCode: "CommandNotApplicable" });
  });

  test("a command's name that leads out of the scripts' folder leads nowhere", async () => {
    const report = await bench().run('echo "$0"', { commandName: "../../../x" });
    expect(textOf(report)).toBe("sh\n");
  });
});
