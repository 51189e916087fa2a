import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";

import { newFolder, repository } from "./host-process.js";

/** Files by their path in the folder. */
export type Files = Readonly<Record<string, string>>;

/** A new folder with these files, in which the repository's packages are installed. */
export function programFolder(files: Files): string {
  const folder = writeFiles(files);
  symlinkSync(path.join(repository, "node_modules"), path.join(folder, "node_modules"));
  return folder;
}

/** A new folder with these files, in which no SDK can be found, even if one is installed in a folder above. */
export function bareFolder(files: Files): string {
  const hidden = { "node_modules/@pulumi/pulumi/package.json": JSON.stringify({ exports: {} }) };
  return writeFiles({ ...hidden, ...files });
}

function writeFiles(files: Files): string {
  const folder = newFolder();
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return folder;
}
