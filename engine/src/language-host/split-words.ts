/** The words of a command line as a shell would split them, or why it cannot be split. */
export type SplitWords = { readonly words: readonly string[] } | { readonly problem: string };

/**
 * Splits `nodeargs` of Pulumi.yaml into arguments: blanks part words, single quotes keep everything,
 * double quotes keep everything but `\"` and `\\`, a backslash elsewhere keeps the next character.
 */
export function splitWords(text: string): SplitWords {
  const words: string[] = [];
  let word: string | undefined;
  let quote: "'" | '"' | undefined;
  for (let i = 0; i < text.length; i++) {
    const c = text.charAt(i);
    if (quote !== undefined) {
      if (c === quote) quote = undefined;
      else if (quote === '"' && c === "\\" && /["\\]/.test(text.charAt(i + 1))) {
        word = (word ?? "") + text.charAt(++i);
      } else word = (word ?? "") + c;
    } else if (c === "'" || c === '"') {
      quote = c;
      word ??= "";
    } else if (c === "\\") {
      if (i + 1 === text.length) return { problem: "it ends in a backslash" };
      word = (word ?? "") + text.charAt(++i);
    } else if (/\s/.test(c)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? "") + c;
  }
  if (quote !== undefined) return { problem: `a ${quote} is not closed` };
  if (word !== undefined) words.push(word);
  return { words };
}
