import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { isInstanceErrorCode } from "cloud-assistant-api";
import { errorCodes } from "../../provider/src/errors.js";

const page = readFileSync(path.resolve(__dirname, "../../docs/errors.md"), "utf8");
const section = page.slice(page.indexOf("## Our codes"), page.indexOf("## The service's codes"));
const documented = [...section.matchAll(/^\| `(\w+)` +\|/gm)].map((match) => match[1]);

test("every error code is documented, and no other", () => {
  expect(documented).toEqual([...errorCodes]);
});

test("every code of the service for one machine that is documented is one of the API's", () => {
  const rows = page.slice(page.indexOf("## The service's codes")).matchAll(/^\| (`[^|]+`) +\|/gm);
  const codes = [...rows].flatMap((row) =>
    [...row[1]!.matchAll(/`(\w+)`/g)].map((code) => code[1]!),
  );
  expect(codes.length).toBeGreaterThan(15);
  expect(codes.filter((code) => !isInstanceErrorCode(code))).toEqual([]);
});

test("every code is used, so that the page promises nothing", () => {
  const sources = files(path.resolve(__dirname, "../../provider/src"));
  const text = sources.map((file) => readFileSync(file, "utf8")).join("\n");
  const unused = errorCodes.filter((code) => text.split(`"${code}"`).length < 3);
  expect(unused).toEqual([]);
});

function files(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const at = path.join(folder, entry.name);
    return entry.isDirectory() ? files(at) : [at];
  });
}
