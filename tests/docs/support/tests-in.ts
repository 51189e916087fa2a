import { readFileSync } from "node:fs";
import ts from "typescript";

/**
 * The names of the tests in a file, as its source spells them: of `test.each` the pattern. One that
 * is skipped or still to be written is none.
 */
export function testsIn(file: string): ReadonlySet<string> {
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.ES2022);
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && isTest(node.expression)) {
      const [name] = node.arguments;
      if (name !== undefined && ts.isStringLiteralLike(name)) names.add(name.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return names;
}

/** `test`, `it`, or `test.each(…)`. */
function isTest(callee: ts.Expression): boolean {
  if (ts.isIdentifier(callee)) return callee.text === "test" || callee.text === "it";
  const each = ts.isCallExpression(callee) ? callee.expression : undefined;
  return (
    each !== undefined &&
    ts.isPropertyAccessExpression(each) &&
    each.name.text === "each" &&
    isTest(each.expression)
  );
}
