import { existsSync, readdirSync, realpathSync } from "node:fs";
import { join } from "node:path";
import type { PowerRequest } from "../../../emulator/src/backends/backend.js";
import { INSTANCE, textOf, type Bench, type Final } from "./support/bench.js";
import { eachIsolation } from "./support/each-isolation.js";
import { programsIn } from "./support/programs.js";

jest.setTimeout(60_000);

eachIsolation("power", (bench) => {
  let boots = 1;

  /** What a control plane does after a wish for a reboot, and what it was. */
  async function pressed(): Promise<unknown> {
    const isOurs = ({ instanceId }: PowerRequest): boolean => instanceId === INSTANCE;
    const wish = await bench().until(() => bench().power.find(isOurs));
    const others = bench().power.filter((request) => !isOurs(request));
    bench().power.splice(0, Infinity, ...others);
    return wish;
  }

  async function reboot(): Promise<void> {
    await bench().backend.stop(INSTANCE);
    boots += 1;
    bench().boot(INSTANCE, { bootId: `boot-${boots}` });
  }

  test.each([
    [193, "powerOff"],
    [194, "reboot"],
  ])("exit code %i is reported and then means %s", async (exitCode, action) => {
    const report = await bench().run(`echo bye; exit ${exitCode}`);
    expect(report).toMatchObject({ kind: "finish", exitCode });
    expect(await pressed()).toEqual({ instanceId: INSTANCE, action });
  });

  /** Each on an instance of its own, so that all of them run at once. */
  const begun = new Map<string, Promise<Final>>();
  const begin = (command: string, script: string): void => {
    const instanceId = nameOf(command);
    bench().boot(instanceId);
    begun.set(command, bench().run(script, { instanceId }));
  };
  const wishesOf = (command: string): PowerRequest[] =>
    bench().power.filter(({ instanceId }) => instanceId === nameOf(command));

  const commands = [
    ["shutdown -r now", "reboot"],
    ["shutdown now -r", "reboot"],
    ["shutdown -h now", "powerOff"],
    ["shutdown -P +0", "powerOff"],
    ["reboot", "reboot"],
    ["reboot -f", "reboot"],
    ["poweroff", "powerOff"],
    ["halt", "powerOff"],
    ["systemctl reboot", "reboot"],
    ["systemctl --force poweroff", "powerOff"],
    ["init 6", "reboot"],
    ["telinit 0", "powerOff"],
    ["systemctl restart aliyun.service", "restartAgent"],
    ["service aliyun restart", "restartAgent"],
  ] as const;
  const failing = [
    "shutdown -r 23:59",
    "shutdown -r +x",
    "init 3",
    "systemctl restart sshd",
    "service ssh restart",
  ];

  beforeAll(() => {
    for (const [command] of commands) begin(command, `${command}; echo "still $?"`);
    for (const command of failing) begin(command, command);
  });

  test.each(commands)("%s in a command means %s for the instance", async (command, action) => {
    expect(textOf((await begun.get(command))!)).toBe("still 0\n");
    const wish = await bench().until(() => wishesOf(command)[0]);
    expect(wish).toEqual({ instanceId: nameOf(command), action });
    expect(wishesOf(command)).toHaveLength(1);
  });

  test.each(failing)("%s fails instead of pretending", async (command) => {
    const report = (await begun.get(command))!;
    expect(report).toMatchObject({ kind: "finish", exitCode: 1 });
    expect(textOf(report)).not.toBe("");
    expect(wishesOf(command)).toEqual([]);
  });

  test("a shutdown in some minutes waits on the emulator's clock, and can be called off", async () => {
    await bench().run("shutdown -r +5; shutdown -c");
    await bench().run("shutdown -h +0");
    expect(await pressed()).toEqual({ instanceId: INSTANCE, action: "powerOff" });
  });

  test("kill -9 -1 ends what runs in the instance and nothing else, in namespaces", async () => {
    if (bench().isolation !== "namespaces") return;
    // Only where the first process is the instance's own: elsewhere this would end the machine.
    const script = "sleep 67 & grep -q init.sh /proc/1/cmdline && kill -9 -1";
    expect(await bench().run(script)).toMatchObject({ kind: "finish", exitCode: 137 });
    expect(sleepers(bench())).toEqual([]);
    expect(textOf(await bench().run("echo fine"))).toBe("fine\n");
  });

  const paths = ["/sbin/reboot", "/usr/sbin/shutdown", "/bin/systemctl"].filter(existsSync);
  const links = paths.filter((path) => !/(busy|toy)box$/.test(realpathSync(path)));
  test("the host's own programs are out of reach by their full path too, in namespaces", async () => {
    if (bench().isolation !== "namespaces" || links.length === 0) return;
    const report = await bench().run(
      links.map((path) => `head -n 2 ${path} | tail -n 1`).join("\n"),
    );
    expect(textOf(report)).toBe("name=${0##*/}\n".repeat(links.length));
  });

  test("a power cut ends everything inside at once and reports nothing of it", async () => {
    const script = "(sleep 62 &); nohup setsid sleep 63 >/dev/null 2>&1 & echo up; sleep 64";
    const running = bench().task(script);
    bench().backend.deliver(running);
    await bench().until(() =>
      bench()
        .reportsOf(running)
        .find(({ kind }) => kind === "output"),
    );
    expect(sleepers(bench())).toEqual(["sleep 62", "sleep 63", "sleep 64"]);
    await bench().backend.stop(INSTANCE);
    expect(sleepers(bench())).toEqual([]);
    expect(bench().backend.busy()).toBe(false);
    expect(
      bench()
        .reportsOf(running)
        .map(({ kind }) => kind),
    ).toEqual(["running", "output"]);
    expect(readdirSync(join(bench().folder, "tasks"))).toEqual([]);
    boots += 1;
    bench().boot(INSTANCE, { bootId: `boot-${boots}` });
  });

  test("a cold start keeps the home folder and throws away /tmp and shared memory", async () => {
    const write = 'echo 1 > "$HOME/disk"; echo 1 > "${TMPDIR:-/tmp}/gone-with-the-boot"';
    await bench().run(write);
    await reboot();
    const report = await bench().run('ls "$HOME" "${TMPDIR:-/tmp}"');
    expect(textOf(report)).toContain("disk");
    expect(textOf(report)).not.toContain("gone-with-the-boot");
  });

  test("an agent that restarts forgets what it had; the command lives on", async () => {
    const task = bench().task("echo up; sleep 65");
    bench().backend.deliver(task);
    await bench().until(() =>
      bench()
        .reportsOf(task)
        .find(({ kind }) => kind === "output"),
    );
    bench().boot(INSTANCE, { bootId: `boot-${boots}`, cold: false });
    expect(bench().backend.busy()).toBe(false);
    expect(sleepers(bench())).toEqual(["sleep 65"]);
    expect(textOf(await bench().run("echo fine"))).toBe("fine\n");
    expect(bench().reportsOf(task)).toHaveLength(2);
  });

  test("a removed instance leaves neither processes nor files", async () => {
    bench().boot("i-short");
    await bench().run("(sleep 66 &); echo 1 > $HOME/x", { instanceId: "i-short" });
    expect(existsSync(join(bench().backend.root("i-short"), "x"))).toBe(true);
    await bench().backend.remove("i-short");
    expect(existsSync(join(bench().folder, "instances", "i-short"))).toBe(false);
  });
});

function nameOf(command: string): string {
  return `i-${command.replace(/[^a-z0-9]+/g, "-")}`;
}

function sleepers(bench: Bench): string[] {
  try {
    return programsIn(bench, INSTANCE)
      .filter((program) => /^sleep 6\d$/.test(program))
      .sort();
  } catch {
    // No first process, no programs.
    return [];
  }
}
