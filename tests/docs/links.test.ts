/** Links between the pages, and to files of the repository, lead somewhere. */
import { existsSync } from "node:fs";
import path from "node:path";
import { pagesIn, readPage, repository } from "../support/code-blocks.js";

const pages = pagesIn(
  "README.md",
  "docs",
  "api/README.md",
  "emulator/README.md",
  "engine/README.md",
  "examples/README.md",
  "policy/README.md",
  "provider/README.md",
);

/** As they are made from headings: lower case, blanks as hyphens, other marks left out. */
function anchorsOf(page: string): string[] {
  return [...readPage(page).matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .replace(/ /g, "-"),
  );
}

function leadsNowhere(page: string, target: string): boolean {
  const [file = "", anchor] = target.split("#");
  const at = file === "" ? page : path.join(path.dirname(page), decodeURI(file));
  if (!existsSync(path.join(repository, at))) return true;
  return anchor !== undefined && !anchorsOf(at).includes(anchor);
}

test.each(pages)("every link of %s leads somewhere", (page) => {
  const targets = [...readPage(page).matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1]!);
  const inside = targets.filter((target) => !/^[a-z]+:/.test(target));
  expect(inside.filter((target) => leadsNowhere(page, target))).toEqual([]);
});

test("every how-to is in the index", () => {
  const index = readPage("docs/how-to/README.md");
  const missing = pagesIn("docs/how-to")
    .map((page) => path.basename(page))
    .filter((name) => name !== "README.md" && !index.includes(`(${name})`));
  expect(missing).toEqual([]);
});
