import { machine, runEngine } from "./support/engine-command.js";

const INSTALL =
  /^Install Pulumi 3\.\d+\.\d+ or newer: curl -fsSL https:\/\/get\.pulumi\.com \| sh \(other ways: https:\/\/\S+\), then run this again\.$/;
const GO =
  "Or install Go 1.25.11 or newer (https://go.dev/dl): Pulumi 3.259.0 is then built once, in about 4 minutes.";

test("where no way works, three lines say why and what to install", async () => {
  const { code, stdout, stderr } = await runEngine([], machine({}));
  expect(code).toBe(1);
  expect(stdout).toBe("");
  const lines = stderr.trimEnd().split("\n");
  expect(lines).toEqual([
    "There is no Pulumi engine (path: no pulumi on PATH; cache: nothing in the cache; " +
      "installer: get.pulumi.com cannot be reached (ENOTFOUND); go: no go on PATH).",
    expect.stringMatching(INSTALL),
    GO,
  ]);
});

test("each reason is the machine's own: an old CLI, an old Go", async () => {
  const on = machine({ scripts: { pulumi: "echo v3.100.0", go: "echo go1.19.8; echo" } });
  const { code, stderr } = await runEngine([], on);
  expect(code).toBe(1);
  expect(stderr).toMatch(/path: pulumi 3\.100\.0 on PATH is older than 3\.\d+\.\d+;/);
  expect(stderr).toContain("go: go 1.19.8 is older than 1.25.11)");
});

test("a Go that may not fetch a newer one is told apart", async () => {
  const { stderr } = await runEngine(
    ["--from", "go"],
    machine({ scripts: { go: "echo go1.24.2; echo local" } }),
  );
  expect(stderr).toContain(
    "go: go 1.24.2 is older than 1.25.11, and GOTOOLCHAIN=local keeps it from fetching a newer one",
  );
});

test.each(["path", "cache", "installer", "go"])("--from %s tries this way only", async (way) => {
  const { code, stderr } = await runEngine(["--from", way], machine({}));
  expect(code).toBe(1);
  const [first = "", ...rest] = stderr.trimEnd().split("\n");
  expect(first.match(/(path|cache|installer|go): /g)).toEqual([`${way}: `]);
  expect(rest).toHaveLength(2);
});

test("a wrong way is an error of the command line", async () => {
  const { code, stderr } = await runEngine(["--from", "heaven"], machine({}));
  expect(code).toBe(2);
  expect(stderr).toContain("Allowed choices are path, cache, installer, go");
});

test("a CLI on PATH that is new enough is taken, with nothing printed but where it is", async () => {
  const { code, stdout, stderr } = await runEngine(
    ["--json"],
    machine({ scripts: { pulumi: "echo v3.999.0" } }),
  );
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(JSON.parse(stdout)).toMatchObject({
    version: "3.999.0",
    from: "path",
    pulumi: expect.stringMatching(/\/bin\/pulumi$/),
  });
});

test("a cache that cannot be made is a reason like any other, in the same three lines", async () => {
  const { env } = machine({ scripts: { go: "echo go1.26.0; echo local" } });
  const on = { cache: "", env: { ...env, XDG_CACHE_HOME: "", HOME: "/etc/passwd" } };
  const { code, stdout, stderr } = await runEngine([], on);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr.trimEnd().split("\n")).toEqual([
    expect.stringMatching(/; go: ENOTDIR: not a directory, mkdir '\/etc\/passwd\/.*'\)\.$/),
    expect.stringMatching(INSTALL),
    GO,
  ]);
});
