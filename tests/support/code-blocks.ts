import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

export const repository = path.resolve(__dirname, "../..");

/** A fenced block of a page. */
export type CodeBlock = {
  /** From the repository's root. */
  readonly page: string;
  /** Of its first line, from 1. */
  readonly line: number;
  readonly code: string;
};

/** Pages below a folder, or one page. */
export function pagesIn(...at: string[]): string[] {
  return at.flatMap((one) =>
    one.endsWith(".md")
      ? [one]
      : readdirSync(path.join(repository, one), { recursive: true })
          .map((file) => path.join(one, String(file)))
          .filter((file) => file.endsWith(".md"))
          .sort(),
  );
}

export function readPage(page: string): string {
  return readFileSync(path.join(repository, page), "utf8");
}

/** The blocks of a language in a page, in order. */
export function codeBlocks(page: string, language: string): CodeBlock[] {
  const lines = readPage(page).split("\n");
  const blocks: CodeBlock[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    if (!lines[at]!.startsWith("```")) continue;
    const end = lines.indexOf("```", at + 1);
    if (lines[at] === `\`\`\`${language}`) {
      blocks.push({ page, line: at + 2, code: lines.slice(at + 1, end).join("\n") });
    }
    at = end;
  }
  return blocks;
}
