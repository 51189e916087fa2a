import type { CommandOut, ContentEncoding } from "cloud-assistant-api";
import type { CommandRecord, PublicCommandRecord } from "../state/records.js";
import type { describeCommands as rules } from "../validations/describeCommands.js";
import type { Args } from "../validations/rules/fields.js";
import { isRefused } from "../validations/rules/refusal.js";
import type { Call, Handler } from "./parts/call.js";
import { encodeOut, encodingOf } from "./parts/content.js";
import { pageOf } from "./parts/paging.js";
import { matchesTags, tagsOut } from "./parts/tagging.js";
import { minuteText } from "./parts/time.js";
import { matchesWildcard } from "./parts/wildcard.js";

type Filter = Args<typeof rules>;

export const describeCommands: Handler<typeof rules> = (call, args) => {
  const all = args.Provider ? publicOnes(call, args.Provider, args.Latest) : ownOnes(call);
  const found = all
    .filter((command) => matches(command, args))
    .sort((one, other) => other.seq - one.seq);
  const cut = args.Tag.length > 0 ? found.slice(0, call.limits.filteredResources) : found;
  const page = pageOf(cut, ({ seq }) => [-seq], args);
  if (isRefused(page)) return page;
  const encoding = encodingOf(args.ContentEncoding, "Base64");
  const Command = page.items.map((command) => commandOut(command, encoding));
  return { body: { ...page.paging, Commands: { Command } } };
};

type Shown = CommandRecord | PublicCommandRecord;

function ownOnes(call: Call): Shown[] {
  return [...call.realm.commands.values()];
}

/** `AlibabaCloud` stands for all, `AlibabaCloud.ECS.GuestOS` for one of them. */
function publicOnes(call: Call, provider: string, latest: boolean | undefined): Shown[] {
  return call.publicCommands.filter(
    (command) =>
      (command.provider === provider || command.provider.startsWith(`${provider}.`)) &&
      (latest !== true || command.latest),
  );
}

function matches(command: Shown, filter: Filter): boolean {
  const { CommandId, Name, Description, Type, ResourceGroupId, Tag } = filter;
  if (CommandId && command.id !== CommandId) return false;
  if (Name && !matchesWildcard(Name, command.name)) return false;
  if (Description && !matchesWildcard(Description, command.description)) return false;
  if (Type && command.type !== Type) return false;
  if (ResourceGroupId && command.resourceGroupId !== ResourceGroupId) return false;
  return matchesTags(command.tags, Tag);
}

function commandOut(command: Shown, encoding: ContentEncoding): CommandOut {
  return {
    CommandId: command.id,
    Name: command.name,
    Type: command.type,
    Description: command.description,
    CommandContent: encodeOut(command.content, encoding),
    WorkingDir: command.workingDir,
    Timeout: command.timeout,
    EnableParameter: command.enableParameter,
    ParameterNames: { ParameterName: command.parameterNames },
    ParameterDefinitions: { ParameterDefinition: definitionsOut(command) },
    CreationTime: minuteText(command.createdAt),
    InvokeTimes: command.invokeTimes,
    Launcher: command.launcher,
    ResourceGroupId: command.resourceGroupId,
    ...("provider" in command
      ? {
          Provider: command.provider,
          Category: command.category,
          Version: command.version,
          Latest: command.latest,
        }
      : {}),
    Tags: tagsOut(command.tags),
  };
}

function definitionsOut(command: Shown): CommandOut["ParameterDefinitions"]["ParameterDefinition"] {
  if (!("definitions" in command)) return [];
  return command.definitions.map((definition) => ({
    ParameterName: definition.name,
    Description: definition.description,
    DefaultValue: definition.defaultValue,
    Required: definition.required,
    PossibleValues: { PossibleValue: definition.possibleValues },
    ...(definition.patternRegex === undefined ? {} : { PatternRegex: definition.patternRegex }),
  }));
}
