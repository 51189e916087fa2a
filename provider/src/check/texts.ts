/** Rules for texts, to be put behind `text(…)`. Each refuses one thing. */
import { refuse, type Report } from "./report.js";
import { hasLoneSurrogate, utf8Length } from "./sizes.js";

export type TextRule = (value: string, path: string, report: Report) => void;

export function filled(allowed: string, todo = "give it a value, or leave it out"): TextRule {
  return (value, path, report) => {
    if (value.trim() !== "") return;
    refuse(report, path, value, { wrong: "is empty", allowed, todo });
  };
}

export function atMost(characters: number): TextRule {
  return (value, path, report) => {
    const length = Array.from(value).length;
    if (length <= characters) return;
    refuse(report, path, value, {
      wrong: `is ${String(length)} characters long`,
      allowed: `at most ${String(characters)} characters`,
      todo: "write a shorter one",
    });
  };
}

export function atMostBytes(bytes: number): TextRule {
  return (value, path, report) => {
    const length = utf8Length(value);
    if (length <= bytes) return;
    refuse(report, path, value, {
      wrong: `is ${String(length)} bytes long`,
      allowed: `at most ${String(bytes)} bytes`,
      todo: "write a shorter one",
    });
  };
}

/** No line breaks and no other control characters inside; `trimmed` looks at the ends. */
export const oneLine: TextRule = (value, path, report) => {
  if (!/[\u0000-\u001f\u007f]/.test(value.trim())) return;
  refuse(report, path, value, {
    wrong: "holds a line break or another control character",
    allowed: "one line of text",
    todo: "take the character out; where the text comes from a file or a program, trim it",
  });
};

/** No blanks at either end. A text of nothing but blanks is a matter of `filled`. */
export const trimmed: TextRule = (value, path, report) => {
  if (value === value.trim() || value.trim() === "") return;
  refuse(report, path, value, {
    wrong: "begins or ends with white space",
    allowed: "no white space around it",
    todo: "take the white space out",
  });
};

/** A fixed form. Not judged where `filled` or `trimmed` has refused already. */
export function form(pattern: RegExp, allowed: string, todo: string): TextRule {
  return (value, path, report) => {
    if (value.trim() === "" || value !== value.trim() || pattern.test(value)) return;
    refuse(report, path, value, { wrong: "is not of the form that is needed", allowed, todo });
  };
}

/** Text that UTF-8 and a script can carry: no NUL, no half character. */
export const sendable: TextRule = (value, path, report) => {
  if (value.includes("\0")) {
    refuse(report, path, value, {
      wrong: "holds a NUL character",
      allowed: "text without NUL",
      todo: "take it out; a file read in the wrong encoding (UTF-16) is full of them",
    });
  }
  if (hasLoneSurrogate(value)) {
    refuse(report, path, value, {
      wrong: "holds half a character (a lone surrogate), which cannot be sent as UTF-8",
      allowed: "whole characters",
      todo: "cut texts between characters, not inside one",
    });
  }
};
