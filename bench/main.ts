/**
 * `npm run bench -- [--tries N] [NAME...]`: runs the named programs, or all, one after the other,
 * and prints their reports as one JSON list.
 */
import { spawn } from "node:child_process";
import { built } from "./support/places.js";
import { exitCodes, say, type Report } from "./support/report.js";

const names = [
  "calls-at-the-floor",
  "emulator-requests",
  "month-of-cron",
  "ten-thousand",
  "no-change-up",
] as const;

type Order = { readonly names: readonly string[]; readonly tries: number };
type End = { readonly code: number; readonly report: Report | undefined };

const order = readOrder(process.argv.slice(2));
if (order === undefined) process.exitCode = exitCodes.usage;
else {
  void runAll(order).then((code) => {
    process.exitCode = code;
  });
}

function readOrder(args: readonly string[]): Order | undefined {
  const wanted = [...args];
  let tries = 1;
  const at = wanted.indexOf("--tries");
  if (at >= 0) tries = Number(wanted.splice(at, 2)[1]);
  const unknown = wanted.filter((name) => !(names as readonly string[]).includes(name));
  if (unknown.length > 0 || !Number.isInteger(tries) || tries < 1) {
    say(`Usage: npm run bench -- [--tries N] [NAME...]. The names: ${names.join(", ")}.`);
    return undefined;
  }
  return { names: wanted.length === 0 ? names : wanted, tries };
}

async function runAll({ names: wanted, tries }: Order): Promise<number> {
  const reports: Report[] = [];
  let worst: number = exitCodes.kept;
  for (const name of wanted) {
    const { code, report } = await runUpTo(tries, name);
    if (report !== undefined) reports.push(report);
    worst = Math.max(worst, code);
  }
  process.stdout.write(`${JSON.stringify(reports, undefined, 2)}\n`);
  return worst;
}

/** Only a ratio of times may be tried again: a count is the same each time. */
async function runUpTo(tries: number, name: string): Promise<End> {
  for (let attempt = 1; ; attempt += 1) {
    say(`== ${name}`);
    const end = await run(name);
    for (const line of linesOf(end.report)) say(line);
    if (end.code !== exitCodes.ratioMissed || attempt >= tries) return end;
  }
}

function run(name: string): Promise<End> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [built(name)], { stdio: ["ignore", "pipe", "inherit"] });
    let stdout = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.once("error", reject);
    child.once("close", (code) => {
      const report = stdout === "" ? undefined : (JSON.parse(stdout) as Report);
      resolve({ code: code ?? exitCodes.exactMissed, report });
    });
  });
}

function linesOf(report: Report | undefined): readonly string[] {
  return (report?.measurements ?? []).map(({ name, value, unit, bound, kept }) => {
    const mark = bound === undefined ? "    " : kept === true ? "ok  " : "OVER";
    const limit =
      bound === undefined
        ? ""
        : "equals" in bound
          ? ` (must be ${bound.equals})`
          : ` (at most ${bound.atMost})`;
    return `${mark} ${name}: ${value} ${unit}${limit}`;
  });
}
