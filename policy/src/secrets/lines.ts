/** One command as the machine reads it: continued lines are one. */
export type Line = {
  readonly text: string;
  /** Where it begins, from 1. */
  readonly number: number;
};

// A backslash in a shell, a back-tick in PowerShell, a caret in a batch file.
const continued = /(?:\\|\s`|\s\^)$/;

/** The lines of a script, with continued ones joined. */
export function linesOf(script: string): readonly Line[] {
  const lines: Line[] = [];
  let open: Line | undefined;
  script.split(/\r?\n/).forEach((text, index) => {
    const start: Line = open ?? { text: "", number: index + 1 };
    const whole: Line = { ...start, text: start.text + text };
    open = continued.test(text)
      ? { ...whole, text: whole.text.replace(/[\\`^]$/, " ") }
      : undefined;
    if (open === undefined) lines.push(whole);
  });
  if (open !== undefined) lines.push(open);
  return lines.flatMap(pieces);
}

// Long lines are data, not commands; in pieces that overlap they cost no more than others.
const longest = 4000;
const overlap = 400;

function pieces(line: Line): readonly Line[] {
  if (line.text.length <= longest) return [line];
  const count = Math.ceil(line.text.length / (longest - overlap));
  return Array.from({ length: count }, (_, i) => {
    const start = i * (longest - overlap);
    return { ...line, text: line.text.slice(start, start + longest) };
  });
}
