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
