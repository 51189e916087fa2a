import type { Line } from "./lines.js";

/** What a script defines under a name. */
export type ScriptFunction = {
  /** Names of its parameters, in PowerShell; elsewhere they have numbers. */
  readonly parameters: readonly string[];
  readonly body: readonly string[];
};

const head = /^\s*(?:function\s+([\w-]+)\s*(?:\(([^)]*)\))?|([\w-]+)\s*\(\s*\))\s*\{?(.*)$/i;
const label = /^:([A-Za-z_]\w*)\s*$/;

/** The functions of a script by name in small letters: of a shell, of PowerShell, labels of a batch file. */
export function functionsOf(lines: readonly Line[]): ReadonlyMap<string, ScriptFunction> {
  const functions = new Map<string, ScriptFunction>();
  let open:
    { readonly name: string; parameters: readonly string[]; readonly body: string[] } | undefined;
  const close = (): void => {
    if (open !== undefined) functions.set(open.name.toLowerCase(), open);
    open = undefined;
  };
  for (const { text } of lines) {
    const labelled = label.exec(text);
    const start = open === undefined ? head.exec(text) : null;
    if (labelled !== null) {
      close();
      open = { name: labelled[1] ?? "", parameters: [], body: [] };
    } else if (start !== null) {
      const rest = start[4] ?? "";
      open = {
        name: start[1] ?? start[3] ?? "",
        parameters: namesIn(start[2] ?? ""),
        body: [rest.replace(/\}\s*$/, "")],
      };
      if (/\}\s*$/.test(rest)) close();
    } else if (open !== undefined && /^\}|^\s*(?:exit\s+\/b|goto\s+:?eof)/i.test(text)) close();
    else if (open !== undefined) {
      const declared = /^\s*param\s*\((.*)\)/i.exec(text);
      if (declared !== null) open.parameters = namesIn(declared[1] ?? "");
      open.body.push(text);
    }
  }
  close();
  return functions;
}

function namesIn(parameters: string): readonly string[] {
  return [...parameters.matchAll(/\$([A-Za-z_]\w*)/g)].map(([, name = ""]) => name);
}
