/** Every program in the pages is one that compiles, against the packages as they are published. */
import path from "node:path";
import ts from "typescript";
import { codeBlocks, pagesIn, repository, type CodeBlock } from "../support/code-blocks.js";

const pages = pagesIn("README.md", "docs/how-to", "docs/lifecycle.md", "provider/README.md");
const blocks = pages.flatMap((page) => codeBlocks(page, "ts"));

/** As in the examples: what people have who copy one. */
const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.Node16,
  moduleResolution: ts.ModuleResolutionKind.Node16,
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  types: ["node"],
};

/** What the compiler says of each block, as `page:line: message`. All blocks are one program. */
function complaints(given: readonly CodeBlock[]): string[] {
  // Beside an example, so that names of packages mean what they mean there.
  const folder = path.join(repository, "examples", "quickstart");
  const files = new Map(given.map((block, n) => [path.join(folder, `block-${n}.ts`), block]));
  const real = ts.createCompilerHost(options);
  const host: ts.CompilerHost = {
    ...real,
    fileExists: (file) => files.has(file) || real.fileExists(file),
    readFile: (file) => files.get(file)?.code ?? real.readFile(file),
    getSourceFile: (file, version, ...rest) => {
      const block = files.get(file);
      return block === undefined
        ? real.getSourceFile(file, version, ...rest)
        : ts.createSourceFile(file, block.code, version, true);
    },
  };
  const program = ts.createProgram([...files.keys()], options, host);
  return [...files].flatMap(([file, block]) => {
    const source = program.getSourceFile(file);
    const found = [
      ...program.getSyntacticDiagnostics(source),
      ...program.getSemanticDiagnostics(source),
    ];
    return found.map(({ start = 0, messageText }) => {
      const line = block.line + (source?.getLineAndCharacterOfPosition(start).line ?? 0);
      return `${block.page}:${line}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`;
    });
  });
}

test("every TypeScript block of README, how-tos and provider compiles, and a wrong one would not", () => {
  expect(blocks.length).toBeGreaterThan(20);
  const wrong = {
    page: "wrong.md",
    line: 10,
    code: `import { CommandInvocation } from "pulumi-cloud-assistant";
new CommandInvocation("a", { script: { content: "uptime" }, target: { names: ["b"] } });`,
  };
  const said = complaints([...blocks, wrong]);
  expect(said.filter((line) => !line.startsWith("wrong.md"))).toEqual([]);
  expect(said.join("\n")).toMatch(/^wrong\.md:11: .*'target' does not exist/);
}, 60_000);

test("every program begins with what it imports, so that it can be copied as a whole", () => {
  const bare = blocks.filter(({ code }) => !code.startsWith("import "));
  expect(bare.map(({ page, line }) => `${page}:${line}`)).toEqual([]);
});
