import { childPath, indexPath } from "../../paths.js";
import { isMap } from "../kinds.js";
import { refuse, type Report } from "../report.js";

// What the SDK gives for an Output in a template string or in JSON.stringify. Source: output.js of
// @pulumi/pulumi 3.248.0. A script that only mentions toString does not hold this phrase.
const sdkText = /Calling \[to(?:String|JSON)\] on an \[Output<T>\]/;

/** Refuses every text and every name, at any depth, that holds the SDK's help instead of a value. */
export function refusePrintedOutputs(value: unknown, path: string, report: Report): void {
  if (typeof value === "string") {
    if (sdkText.test(value)) refusePrinted(report, path, value);
  } else if (Array.isArray(value)) {
    value.forEach((item, i) => {
      refusePrintedOutputs(item, indexPath(path, i), report);
    });
  } else if (isMap(value)) {
    for (const [key, item] of Object.entries(value)) {
      const printedKey = sdkText.test(key);
      const at = childPath(path, printedKey ? "(an Output)" : key);
      if (printedKey) refusePrinted(report, at, key);
      refusePrintedOutputs(item, at, report);
    }
  }
}

function refusePrinted(report: Report, path: string, value: string): void {
  refuse(report, path, value, {
    wrong: "holds the help text of the Pulumi SDK in place of a value",
    given: 'a text with "Calling [toString] on an [Output<T>]"',
    allowed: "text that was made when the value was known",
    todo: "write pulumi.interpolate`…` instead of `…`, or build the text inside .apply(value => …)",
  });
}
