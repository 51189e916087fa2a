/** What exists already, and how this package knows its own. */
import { list, oneOf, text } from "../kinds.js";
import type { Fields } from "../shape.js";
import { filled, form, trimmed } from "../texts.js";

const anInvocation = "the id of an invocation, t-…";

export const adoptionFields: Fields = {
  adoptInvocationIds: list(
    text(
      anInvocation,
      filled(anInvocation, "take the entry out"),
      trimmed,
      form(/^t-[A-Za-z0-9-]+$/, anInvocation, "write the InvokeId that the service gave"),
    ),
    {
      allowed: "ids of invocations, [t-…]",
      whenEmpty: "write the ids, or take adoptInvocationIds out to run the command",
    },
  ),
  ownership: oneOf(["tags", "none"]),
};
