import { readFileSync } from "node:fs";
import { join } from "node:path";
import { taskName } from "../../../emulator/src/backends/exec/layout.js";
import { DEFAULT_PATH } from "../../../emulator/src/backends/exec/options.js";
import { textOf } from "./support/bench.js";
import { eachIsolation } from "./support/each-isolation.js";

jest.setTimeout(60_000);

const SECRETS = {
  ALIBABA_CLOUD_ACCESS_KEY_SECRET: "canary-1",
  PULUMI_ACCESS_TOKEN: "canary-2",
  GITHUB_TOKEN: "canary-3",
  NODE_OPTIONS: "--no-warnings",
};

beforeAll(() => {
  Object.assign(process.env, SECRETS);
});

afterAll(() => {
  for (const name of Object.keys(SECRETS)) Reflect.deleteProperty(process.env, name);
});

eachIsolation("environment", (bench) => {
  test("a command finds a handful of variables and nothing of the emulator's own", async () => {
    const report = await bench().run("env | cut -d= -f1 | sort | tr '\\n' ' '");
    const expected =
      bench().isolation === "namespaces"
        ? "HOME LANG PATH PWD "
        : "CLOUD_ASSISTANT_EMULATOR HOME LANG PATH PWD TMPDIR ";
    expect(textOf(report)).toBe(expected);
  });

  test("no process of an instance has been given a secret", async () => {
    const report = await bench().run(
      "for f in /proc/self/environ /proc/$PPID/environ; do tr '\\0' '\\n' < $f; done",
    );
    expect(textOf(report)).not.toMatch(/canary|NODE_OPTIONS/);
  });

  test("an instance shows its own host name and processes, where it has them", async () => {
    const report = await bench().run("uname -n; ps -e -o comm= | grep -c node");
    const [name, nodes] = textOf(report).split("\n");
    if (bench().isolation === "namespaces") {
      expect([name, nodes]).toEqual(["lab", "0"]);
    } else {
      expect(nodes).not.toBe("0");
    }
  });

  test("stand-ins come first in a command's PATH, and not in that of its wrapper on the host", async () => {
    const task = bench().task('echo "$PATH"; read -r line < "$HOME/end"');
    await bench().run('mkfifo "$HOME/end"');
    bench().backend.deliver(task);
    await bench().until(() => bench().reportsOf(task)[1]);
    const note = join(bench().folder, "tasks", taskName(task), "wrapper");
    const [wrapper = ""] = readFileSync(note, "utf8").split(" ");
    const environment = readFileSync(`/proc/${wrapper}/environ`, "utf8").split("\0");
    await bench().run('echo > "$HOME/end"');
    const inside =
      bench().isolation === "namespaces"
        ? "/dev/shm/.aliyun-assist/bin"
        : join(bench().folder, "tools", "bin");
    expect(textOf(await bench().final(task))).toBe(`${inside}:${DEFAULT_PATH}\n`);
    expect(environment).toContain(`PATH=${DEFAULT_PATH}`);
  });

  test("two instances do not see each other's home", async () => {
    bench().boot("i-other");
    await bench().run('echo mine > "$HOME/mine"');
    const report = await bench().run('ls -A "$HOME"', { instanceId: "i-other" });
    expect(textOf(report)).toBe("");
  });

  test("an instance's clock shows its time zone", async () => {
    bench().boot("i-kolkata", { timeZone: "Asia/Kolkata" });
    const report = await bench().run("date +%z", { instanceId: "i-kolkata" });
    expect(textOf(report)).toBe("+0530\n");
  });
});
