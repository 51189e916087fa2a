import { literalAt } from "./literal.js";

const shell =
  /(?:^|[;&|({]\s*|\b(?:export|local|readonly|declare|typeset)\s+(?:-\w+\s+)*|\s)([A-Za-z_]\w*)=(?=[^\s=(])/g;
const list = /(?:^|[;&|({\s])([A-Za-z_]\w*)=\(\s*(?=[^\s)])/g;
const loop = /\bfor\s+([A-Za-z_]\w*)\s+in\s+(?=[^\s$;])/g;
const powerShell = /\$(?:(?:script|global|local|private):)?([A-Za-z_]\w*)\s*=\s*(?=["'])/g;
const read = /\bread\s+(?:-\w+\s+)*([A-Za-z_]\w*)\s*<<<\s*/g;
const batch = /\bset\s+"?([A-Za-z_]\w*)=([^"&|]+)/gi;

const longestValue = 4096;
const longestLine = 8192;

/** The plain texts that variables hold, as far as a script has been read. */
export class Variables {
  private readonly values: Map<string, string>;

  constructor(outer?: Variables) {
    this.values = new Map(outer?.values);
  }

  /** Only plain texts are kept; what is computed stays a reference. */
  set(name: string, value: string): void {
    const plain = value !== "" && value.length <= longestValue && !/[$`%]/.test(value);
    if (plain) this.values.set(name.toLowerCase(), value);
    else this.values.delete(name.toLowerCase());
  }

  /** Takes over what a line sets. Of a loop and of a list, the first value. */
  learnFrom(line: string): void {
    for (const form of [shell, list, loop, read, powerShell]) {
      for (const match of line.matchAll(form)) {
        this.set(match[1] ?? "", literalAt(line, match.index + match[0].length).text);
      }
    }
    for (const [, name = "", value = ""] of line.matchAll(batch)) this.set(name, value.trim());
  }

  /** The line with the values in place of their names. */
  putInto(line: string): string {
    if (this.values.size === 0) return line;
    const put = (whole: string, name: string): string =>
      this.values.get(name.toLowerCase()) ?? whole;
    const quoted = (whole: string, name: string): string => {
      const value = this.values.get(name.toLowerCase());
      return value === undefined ? whole : `+ '${value}'`;
    };
    return line
      .replace(/\+\s*\$([A-Za-z_]\w*)\b(?![.([])/g, quoted)
      .replace(/\$\{([A-Za-z_]\w*)(?:\[[@*0-9]\])?\}/g, put)
      .replace(/\$([A-Za-z_]\w*)(?!\s*=[^=]|:\w|\w)/g, put)
      .replace(/[%!]([A-Za-z_]\w*)[%!]/g, put)
      .slice(0, longestLine);
  }
}
