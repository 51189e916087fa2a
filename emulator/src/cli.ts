import { readFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "./cli/run.js";

const packageFile = join(__dirname, "..", "package.json");
const { version } = JSON.parse(readFileSync(packageFile, "utf8")) as { readonly version: string };

void run({
  argv: process.argv.slice(2),
  version,
  stdout: process.stdout,
  stderr: process.stderr,
  ended: () =>
    new Promise((resolve) => {
      const handle = (signal: NodeJS.Signals): void => {
        resolve(signal);
        // Whoever sends a second one does not want to wait.
        process.on(signal, () => process.exit(1));
      };
      process.once("SIGINT", handle);
      process.once("SIGTERM", handle);
    }),
}).then((code) => {
  process.exit(code);
});
