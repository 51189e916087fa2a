/**
 * The program that starts a script, as one line: words with quotes around what belongs together,
 * and `{{ACS::ScriptFileName}}` or `{{ACS::ScriptFileName|Ext(".py")}}` where the script's path
 * goes. Without a placeholder the path comes last: inferred, since a launcher without its script
 * makes no sense.
 */
export type Launcher =
  | { readonly kind: "launcher"; readonly extension?: string; words(script: string): string[] }
  | { readonly kind: "unreadable"; readonly reason: string };

export function parseLauncher(text: string): Launcher {
  const extensions = [...text.matchAll(PLACEHOLDER)].flatMap((found) => found[1] ?? []);
  const marked = text.replace(PLACEHOLDER, MARKER);
  const words = splitWords(marked);
  if (words === undefined) return { kind: "unreadable", reason: "a quote is not closed" };
  if (words.length === 0) return { kind: "unreadable", reason: "it is empty" };
  if (words[0]?.startsWith("@") === true) {
    return { kind: "unreadable", reason: "plugins of the agent are not emulated" };
  }
  const [extension] = extensions;
  const placed = marked.includes(MARKER) ? words : [...words, MARKER];
  return {
    kind: "launcher",
    ...(extension === undefined ? {} : { extension }),
    words: (script) => placed.map((word) => word.replaceAll(MARKER, () => script)),
  };
}

const PLACEHOLDER =
  /\{\{\s*ACS\s*::\s*ScriptFileName\s*(?:\|\s*Ext\(\s*["']([\w.-]*)["']\s*\)\s*)?\}\}/g;
// A character that no launcher can hold: NUL ends an argument.
const MARKER = "\0";

/** Words of a line; quotes of either kind hold a word together. Undefined when one is not closed. */
function splitWords(line: string): string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let quote = "";
  for (const character of line) {
    if (quote !== "") {
      if (character === quote) quote = "";
      else word = (word ?? "") + character;
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= "";
    } else if (/\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? "") + character;
    }
  }
  if (quote !== "") return undefined;
  return word === undefined ? words : [...words, word];
}
