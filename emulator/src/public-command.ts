import { createHash } from "node:crypto";
import { DEFAULT_LIMITS } from "cloud-assistant-api";
import { PUBLIC_COMMAND, refuseInput } from "./check-input.js";
import { parameterNames } from "./control/substitute.js";
import type { PublicCommandSeed } from "./service-api.js";
import type { PublicCommandRecord } from "./state/records.js";

/**
 * A seed made whole. Its id depends on its name and version alone.
 *
 * @throws EmulatorError InvalidOption for one that cannot be
 */
export function publicCommandRecord(
  seed: PublicCommandSeed,
  index: number,
  nowMs: number,
): PublicCommandRecord {
  refuseInput("The public command", PUBLIC_COMMAND.problems(seed, ""));
  const content = Buffer.from(seed.content, "utf8");
  const version = seed.version ?? 1;
  const names = seed.parameters?.map(({ name }) => name) ?? parameterNames(content);
  const digest = createHash("sha256")
    .update(`${seed.name}/${String(version)}`)
    .digest("hex");
  return {
    id: `c-pub${digest.slice(0, 16)}`,
    seq: index + 1,
    name: seed.name,
    type: seed.type,
    content: content.toString("base64"),
    description: seed.description ?? "",
    workingDir: "",
    timeout: seed.timeout ?? DEFAULT_LIMITS.timeoutDefaultSeconds.value,
    enableParameter: names.length > 0,
    parameterNames: names,
    launcher: "",
    resourceGroupId: "",
    tags: {},
    createdAt: nowMs,
    invokeTimes: 0,
    provider: seed.provider ?? "AlibabaCloud.ECS.GuestOS",
    category: seed.category ?? "",
    version,
    latest: seed.latest ?? true,
    definitions: names.map((name) => {
      const given = seed.parameters?.find((parameter) => parameter.name === name);
      return {
        name,
        description: given?.description ?? "",
        defaultValue: given?.defaultValue ?? "",
        required: given?.required ?? false,
        possibleValues: given?.possibleValues ?? [],
        ...(given?.patternRegex === undefined ? {} : { patternRegex: given.patternRegex }),
      };
    }),
  };
}
