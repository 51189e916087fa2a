import type { ApiErrorCode, ContentEncoding } from "cloud-assistant-api";
import { refuse, type Refused } from "../../validations/rules/refusal.js";

/**
 * How CommandContent is encoded. An encoding that does not exist counts as the action's default; for
 * RunCommand the case does not matter. [sdk]
 */
export function encodingOf(given: string | undefined, fallback: ContentEncoding): ContentEncoding {
  switch (given?.toLowerCase()) {
    case "base64":
      return "Base64";
    case "plaintext":
      return "PlainText";
    default:
      return fallback;
  }
}

export function decodeContent(
  content: string,
  encoding: ContentEncoding,
  code: ApiErrorCode = "CmdContent.DecodeError",
): Buffer | Refused {
  if (encoding === "PlainText") return Buffer.from(content, "utf8");
  const wellFormed = content.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(content);
  return wellFormed ? Buffer.from(content, "base64") : refuse(code);
}

/** Length of that many bytes in Base64: what the limits are counted in. */
export function encodedLength(bytes: number): number {
  return Math.ceil(bytes / 3) * 4;
}

/** CommandContent and Output in an answer: Base64 unless PlainText is asked for. */
export function encodeOut(base64: string, encoding: ContentEncoding): string {
  return encoding === "PlainText" ? Buffer.from(base64, "base64").toString("utf8") : base64;
}
