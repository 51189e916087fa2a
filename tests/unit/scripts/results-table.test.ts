import { resultsTable } from "../../../scripts/src/results-table.js";

const type = "pulumi-nodejs:dynamic/cloud-assistant:CommandInvocation";
const urn = (name: string): string => `urn:pulumi:local::project::${type}::${name}`;

test("a row a machine: how it ended, with what code, and the last line that it printed", () => {
  const table = resultsTable({
    deployment: {
      resources: [
        { type: "pulumi:pulumi:Stack", urn: "urn:pulumi:local::project::pulumi:pulumi:Stack::s" },
        {
          type,
          urn: urn("greeting"),
          outputs: {
            results: {
              "i-1": { status: "Success", exitCode: 0, output: "one\ntwo\n\n" },
              "i-2": { status: "Failed", exitCode: 12, output: "" },
              "i-3": { status: "NotStarted" },
            },
          },
        },
      ],
    },
  });
  expect(table.split("\n")).toEqual([
    "  RUN       INSTANCE  STATUS      EXIT CODE  LAST LINE OF OUTPUT",
    "  greeting  i-1       Success     0          two",
    "  greeting  i-2       Failed      12",
    "  greeting  i-3       NotStarted  -",
  ]);
});

test("what a machine printed cannot repaint the terminal", () => {
  const results = { "i-1": { status: "Success", exitCode: 0, output: "\u001b[2Ja\u0007b\u009bc" } };
  const table = resultsTable({
    deployment: { resources: [{ type, urn: urn("run"), outputs: { results } }] },
  });
  expect(table).toContain(" [2Ja b c");
});

test("an empty stack is the header alone", () => {
  expect(resultsTable({ deployment: {} }).split("\n")).toHaveLength(1);
});
