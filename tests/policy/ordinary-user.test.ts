import { ordinaryUser } from "../../policy/src/rules/ordinary-user.js";
import { commandType } from "../../provider/src/names.js";
import { evaluate, notKnown } from "./support/evaluate.js";

const script = { content: "uptime" };
const root =
  "The command runs as root (on Windows as System). Set username to an ordinary user of the " +
  "machines; on Windows set windowsPasswordName too. If it needs root, have the owner of the " +
  'policies add "sweep" to "allow" of ordinary-user.';

describe("ordinary-user", () => {
  test("lets a command of an ordinary user pass", () => {
    expect(evaluate(ordinaryUser, { props: { script, username: "deploy" } })).toEqual({
      violations: [],
      undecided: undefined,
    });
  });

  test.each([undefined, null, "root", "System", " SYSTEM"])(
    "stops a command whose username is %p",
    (username) => {
      const props = { script, ...(username === undefined ? {} : { username }) };
      expect(evaluate(ordinaryUser, { props }).violations).toEqual([root]);
    },
  );

  test.each([
    "LocalSystem",
    "NT AUTHORITY\\SYSTEM",
    "nt authority\\system",
    ".\\LocalSystem",
    ".\\Administrator",
    "CORP\\administrator ",
    "Administrator",
    "ADMINISTRATOR",
    "administrator@corp.example",
  ])("stops a command on Windows whose username is %p", (username) => {
    for (const type of ["RunPowerShellScript", "RunBatScript"]) {
      for (const source of [
        { script: { content: "dir", type } },
        { command: { commandId: "c-1", type } },
        { commandId: "c-1", plan: { command: { type } } },
        { commandId: "c-1" },
      ]) {
        expect(evaluate(ordinaryUser, { props: { ...source, username } }).violations).toEqual([
          root,
        ]);
      }
    }
  });

  test.each([
    ["administrator", { content: "uptime" }],
    ["administrator", { content: "uptime", type: "RunShellScript" }],
    ["CORP\\svc-deploy", { content: "dir", type: "RunPowerShellScript" }],
    [".\\webadministrator", { content: "dir", type: "RunBatScript" }],
    ["system-monitor", { content: "dir", type: "RunBatScript" }],
  ])("lets %p run %p", (username, what) => {
    expect(evaluate(ordinaryUser, { props: { script: what, username } }).violations).toEqual([]);
  });

  test("does not decide about Administrator where the script's type is not known yet", () => {
    const props = { script: { content: "dir", type: notKnown }, username: "Administrator" };
    expect(evaluate(ordinaryUser, { props }).undecided).toContain("type");
  });

  test("does not decide about a user that is not known yet", () => {
    const outcome = evaluate(ordinaryUser, { props: { script, username: notKnown } });
    expect(outcome.violations).toEqual([]);
    expect(outcome.undecided).toContain("username");
  });

  test("shows nothing of what is secret", () => {
    const props = {
      script: { content: "echo c4n4ry" },
      parameters: { a: "c4n4ry" },
      secretInputs: ["script.content", "parameters.a"],
    };
    expect(evaluate(ordinaryUser, { props }).violations.join()).not.toContain("c4n4ry");
  });

  test.each([["sweep"], ["sw*"], ["*"]])("leaves alone what %p allows", (pattern) => {
    const subject = { props: { script }, config: { allow: ["other", pattern] } };
    expect(evaluate(ordinaryUser, subject).violations).toEqual([]);
  });

  test.each([["swee"], ["sweep2"], ["s*p"], ["x*"]])("stops what %p does not allow", (pattern) => {
    const subject = { props: { script }, config: { allow: [pattern] } };
    expect(evaluate(ordinaryUser, subject).violations).toEqual([root]);
  });

  test("asks nothing of a command in a container, of a saved command and of other resources", () => {
    const inContainer = { script, container: { name: "web" } };
    expect(evaluate(ordinaryUser, { props: inContainer }).violations).toEqual([]);
    for (const type of [commandType, "alicloud:ecs/instance:Instance"]) {
      expect(evaluate(ordinaryUser, { type, props: {} }).violations).toEqual([]);
    }
  });
});
