import { isCredential, isRandom } from "./literal.js";

const withPassword =
  /(?<![a-z0-9+.-])[a-z][a-z0-9+.-]{0,20}:\/\/([^\s:/@'"]{0,200}):([^\s@'"/]{1,400})@/gi;
const withToken = /https?:\/\/([^\s:/@'"]{20,400})@/gi;

/** Whether a line holds an address with a password or a token before its `@`. */
export function addressHoldsSecret(line: string): boolean {
  return (
    [...line.matchAll(withPassword)].some(({ 2: password = "" }) =>
      isCredential({ text: password, quote: '"' }, "certain"),
    ) || [...line.matchAll(withToken)].some(({ 1: token = "" }) => isRandom(token))
  );
}
