/** docs/lifecycle.md cites tests as its proofs: each of them must be there, under exactly that name. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { testsIn } from "./support/tests-in.js";

const folder = path.resolve(__dirname, "../../docs");
const page = readFileSync(path.join(folder, "lifecycle.md"), "utf8");

const proofs = [...page.matchAll(/^(\d+)\. +\[([^\]]+)\]\(([^)]+)\): "(.*)"$/gm)].map(
  ([, number, shown, file, name]) => ({
    number: Number(number),
    shown: shown!,
    file: path.join(folder, file!),
    name: name!,
  }),
);

/** `1`, `1, 2` and `11–13` as numbers. */
function numbersIn(cell: string): number[] {
  return cell.split(",").flatMap((part) => {
    const [from = NaN, to = from] = part.split("–").map(Number);
    return Array.from({ length: to - from + 1 }, (_, n) => from + n);
  });
}

/** What the last column of each table says, by the first cell of its row. */
const rows = page
  .split("\n")
  .filter((line) => line.startsWith("|") && !/^\|[-| ]+\|$/.test(line))
  .map((line) => line.split("|").map((cell) => cell.trim()))
  .map((cells) => ({ row: cells[1]!, proof: cells.at(-2)! }));
const told = rows.filter(({ proof }) => proof !== "proof");

test("the proofs are numbered from 1, each once, and each is shown by its file's name", () => {
  expect(proofs.map(({ number }) => number)).toEqual(proofs.map((_, n) => n + 1));
  for (const { shown, file } of proofs) expect(path.basename(file)).toBe(shown);
});

test("every table has proofs, every row has one, and every proof is used", () => {
  expect(rows.length).toBeGreaterThan(told.length);
  expect(told.filter(({ proof }) => !/^\d+([,–] ?\d+)*$/.test(proof))).toEqual([]);
  const used = new Set(told.flatMap(({ proof }) => numbersIn(proof)));
  expect([...used].sort((a, b) => a - b)).toEqual(proofs.map(({ number }) => number));
});

test("every cited file has a test with exactly that name", () => {
  const names = new Map<string, ReadonlySet<string>>();
  const missing = proofs.filter(({ file, name }) => {
    if (!names.has(file)) names.set(file, testsIn(file));
    return !names.get(file)!.has(name);
  });
  expect(missing).toEqual([]);
});

test("a name that is no test is seen to be none", () => {
  const here = testsIn(__filename);
  expect(here.has("a name that is no test is seen to be none")).toBe(true);
  expect(here.has("a name that only a comment has")).toBe(false);
});
