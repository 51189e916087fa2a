import { textOf } from "./support/bench.js";
import { eachIsolation } from "./support/each-isolation.js";

jest.setTimeout(60_000);

const isRoot = process.getuid?.() === 0;
const asRoot = isRoot ? test : test.skip;

eachIsolation("users", (bench) => {
  test("by default commands run as who runs the emulator, or as root of the instance", async () => {
    const report = await bench().run("id -u");
    const inNamespace = bench().isolation === "namespaces";
    expect(textOf(report)).toBe(`${inNamespace ? 0 : process.getuid?.()}\n`);
  });

  test("a user that does not exist is refused", async () => {
    expect(await bench().run("id", { username: "nosuchuser" })).toEqual({
      kind: "invalid",
      errorCode: "AccountNotExists",
      detail: "UserInvalid_nosuchuser: exit status 1",
    });
  });

  test.each(["-u", "a b", "nosuch:0:0", "../x", "$(id)"])(
    "%s is no user and reaches no program as an option or a pattern",
    async (username) => {
      expect(await bench().run("id", { username })).toMatchObject({
        kind: "invalid",
        errorCode: "AccountNotExists",
      });
    },
  );

  asRoot(
    "another user's command runs with its ids, groups and home, from a script in /tmp",
    async () => {
      const report = await bench().run('id -u; id -g; id -G; pwd; echo "$HOME"; echo "$0"; umask', {
        username: "daemon",
      });
      expect(report).toMatchObject({ kind: "finish", exitCode: 0 });
      expect(textOf(report)).toMatch(
        /^1\n1\n1\n\/usr\/sbin\n\/usr\/sbin\n\/tmp\/\S+\.iv1\.sh\n0022\n$/,
      );
    },
  );

  asRoot("a user whose home cannot be entered is refused unless a folder is given", async () => {
    expect(await bench().run("id", { username: "nobody" })).toMatchObject({
      kind: "invalid",
      errorCode: "DefaultWorkingDirectoryNotAvailable",
    });
    const report = await bench().run("id -u; pwd", { username: "nobody", workingDir: "/usr" });
    expect(textOf(report)).toBe("65534\n/usr\n");
  });

  asRoot(
    "another user may neither reach the instance's home nor press its power button",
    async () => {
      const report = await bench().run('ls /root; reboot; echo "$?"', {
        username: "nobody",
        workingDir: "/",
      });
      const text = textOf(report);
      expect(text).toMatch(/Permission denied/);
      if (bench().isolation === "namespaces") expect(text).toMatch(/reboot: Must be root\.\n1\n$/);
      expect(bench().power).toEqual([]);
    },
  );

  test("a folder is looked for where the command will be", async () => {
    await bench().run('mkdir -p "$HOME/sub"');
    const given =
      bench().isolation === "namespaces" ? "/root/sub" : `${bench().backend.root("i-lab0001")}/sub`;
    expect(textOf(await bench().run("pwd", { workingDir: given }))).toBe(`${given}\n`);
    expect(await bench().run("pwd", { workingDir: `${given}/none` })).toEqual({
      kind: "invalid",
      errorCode: "DirectoryNotExists",
      detail: "WorkingDirectoryNotExist",
    });
  });

  test("a folder is found through links, as they lead where the command will be", async () => {
    const made = textOf(
      await bench().run(
        'at="${TMPDIR:-/tmp}"; mkdir -p "$at/real/sub"; ln -s "$at/real" "$at/one"\n' +
          'ln -s one/../one/sub "$at/two"; ln -s "$at/loop" "$at/loop"; printf %s "$at"',
      ),
    );
    for (const name of ["one/sub", "two", "one/../real"]) {
      const report = await bench().run("pwd -P", { workingDir: `${made}/${name}` });
      expect(textOf(report)).toBe(`${made}/real${name === "one/../real" ? "" : "/sub"}\n`);
    }
    for (const name of ["loop", "two/none"]) {
      expect(await bench().run("pwd", { workingDir: `${made}/${name}` })).toMatchObject({
        errorCode: "DirectoryNotExists",
      });
    }
  });

  test("a launcher is found through links, as they lead where the command will be", async () => {
    const at = textOf(
      await bench().run(
        'at="${TMPDIR:-/tmp}"; ln -s "$(command -v sh)" "$at/shell"; ln -s "$at/shell" "$at/launch"\n' +
          'printf %s "$at"',
      ),
    );
    const report = await bench().run("echo launched", { launcher: `${at}/launch` });
    expect(textOf(report)).toBe("launched\n");
  });
});
