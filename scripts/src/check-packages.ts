/** `npm run package`: whether what would be published can be installed, imported and typed. */
import { execFile } from "node:child_process";
import path from "node:path";
import { main, root, say } from "./run-script.js";

const packages = ["api", "emulator", "provider", "policy"];
/** Every package says what it is and under which terms. */
const always = ["README.md", "LICENSE", "package.json", "dist/index.js", "dist/index.d.ts"];

type End = { readonly code: number; readonly output: string };

void main(async () => {
  const problems: string[] = [];
  for (const name of packages) {
    const folder = path.join(root, name);
    const found = [...(await missingFiles(folder)), ...(await lints(folder))];
    say(`${found.length === 0 ? "ok    " : "FAILED"}  ${name}`);
    problems.push(...found.map((problem) => `\n${name}: ${problem}`));
  }
  for (const problem of problems) say(problem);
  return problems.length === 0 ? 0 : 1;
});

async function missingFiles(folder: string): Promise<string[]> {
  const pack = await run("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], folder);
  const packed = JSON.parse(pack.output) as unknown;
  const files = new Set(pathsIn(packed));
  return always.filter((file) => !files.has(file)).map((file) => `${file} would not be packed`);
}

/** `npm pack --json` answers with a list, or with an object by name, as its version will. */
function pathsIn(packed: unknown): string[] {
  const entries = Object.values(packed as Record<string, { readonly files?: unknown }>);
  return entries.flatMap(({ files }) => (files as { readonly path: string }[]).map((f) => f.path));
}

async function lints(folder: string): Promise<string[]> {
  const ends = [
    await tool("publint", [folder, "--strict", "--level", "suggestion"], folder),
    // node10 knows no exports; the engines field rules it out.
    await tool("attw", ["--pack", folder, "--profile", "node16", "--no-color"], folder),
  ];
  return ends.filter(({ code }) => code !== 0).map(({ output }) => output.trim());
}

function tool(name: string, args: readonly string[], cwd: string): Promise<End> {
  return run(path.join(root, "node_modules", ".bin", name), args, cwd);
}

function run(command: string, args: readonly string[], cwd: string): Promise<End> {
  return new Promise((resolve) => {
    const options = { cwd, shell: process.platform === "win32", maxBuffer: 16 * 1024 * 1024 };
    execFile(command, [...args], options, (error, stdout, stderr) => {
      const failed = typeof error?.code === "number" ? error.code : 1;
      resolve({
        code: error === null ? 0 : failed,
        output: error === null ? stdout : stdout + stderr,
      });
    });
  });
}
