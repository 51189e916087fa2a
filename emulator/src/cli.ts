import { readFileSync } from "node:fs";
import { join } from "node:path";
import { EXIT } from "./cli/exit-codes.js";
import { run } from "./cli/run.js";

const packageFile = join(__dirname, "..", "package.json");
const { version } = JSON.parse(readFileSync(packageFile, "utf8")) as { readonly version: string };

function endAtOnce(): never {
  process.stderr.write(
    "cloud-assistant-emulator: ended at once. Commands that still ran may go on by themselves.\n",
  );
  process.exit(EXIT.failed);
}

void run({
  argv: process.argv.slice(2),
  version,
  stdout: process.stdout,
  stderr: process.stderr,
  ended: () =>
    new Promise((resolve) => {
      let isEnding = false;
      const handle = (signal: NodeJS.Signals): void => {
        // Whoever sends a second one does not want to wait.
        if (isEnding) endAtOnce();
        isEnding = true;
        resolve(signal);
      };
      process.on("SIGINT", handle);
      process.on("SIGTERM", handle);
    }),
}).then((code) => {
  process.exit(code);
});
