import { chmod, cp, mkdir, writeFile } from "node:fs/promises";
import path from "node:path";

import { hostFiles } from "./host-files.js";
import { hostPackages } from "./host-packages.js";
import type { EngineSettings } from "./settings.js";

/**
 * Puts our language host and the two scripts into an engine's folder: `host/` with the packages it loads, the scripts in
 * `bin/` beside the CLI.
 */
export async function assembleHost(folder: string, settings: EngineSettings): Promise<void> {
  const bin = path.join(folder, "bin");
  const host = path.join(folder, "host");
  await mkdir(bin, { recursive: true });
  await mkdir(host);
  for (const { name, text } of hostFiles(settings.hostFolder)) {
    await writeFile(path.join(host, name), text);
  }
  // Says that the files are CommonJS, whatever lies in the folders above.
  await writeFile(path.join(host, "package.json"), `{ "type": "commonjs" }\n`);
  for (const { source, target, only } of hostPackages()) {
    for (const part of only ?? ["."]) {
      await cp(path.join(source, part), path.join(host, target, part), {
        recursive: true,
        dereference: true,
        filter: (file) => !isNested(file, source),
      });
    }
  }
  await cp(settings.launchersFolder, bin, { recursive: true });
  for (const name of ["pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs"]) {
    await chmod(path.join(bin, name), 0o755);
  }
}

/** Packages inside a package are placed on their own. */
function isNested(file: string, source: string): boolean {
  return path.relative(source, file).split(path.sep).includes("node_modules");
}
