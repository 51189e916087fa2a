import { DEFAULT_LIMITS, TAG_RULES, TERMINATION_MODES } from "cloud-assistant-api";
import { boolean, integer, list, tags, text, type TagCodes } from "./fields.js";

/** Fields that several actions share. */

export const TAG_CODES: TagCodes = {
  count: "NumberExceed.Tags",
  keyMissing: "MissingParameter.TagKey",
  key: "InvalidTagKey.Malformed",
  value: "InvalidTagValue.Malformed",
  duplicate: "Duplicate.TagKey",
};

const RESOURCE_TAG_CODES: TagCodes = {
  count: "NumberExceed.ResourceTags",
  keyMissing: "MissingParameter.ResourceTagKey",
  key: "InvalidResourceTagKey.Malformed",
  value: "InvalidResourceTagValue.Malformed",
  duplicate: "Duplicate.ResourceTagKey",
};

export const TAG = tags({ max: TAG_RULES.perRequest.value, codes: TAG_CODES });

export const CLIENT_TOKEN = text({
  pattern: { like: /^[\x20-\x7e]{1,64}$/, code: "InvalidClientToken.Malformed" },
});

export const NAME = text({
  max: {
    length: DEFAULT_LIMITS.nameCharacters.value,
    unit: "characters",
    code: "CmdName.ExceedLimit",
  },
});

export const DESCRIPTION = text({
  max: {
    length: DEFAULT_LIMITS.descriptionCharacters.value,
    unit: "characters",
    code: "CmdDesc.ExceedLimit",
  },
});

export const WORKING_DIR = text({
  max: {
    length: DEFAULT_LIMITS.workingDirCharacters.value,
    unit: "characters",
    code: "InvalidParameter.WorkingDir",
  },
  // A control character, NUL among them, is in no directory that anyone means.
  pattern: { like: /^[^\x00-\x1f\x7f]+$/, code: "InvalidParameterCharacter.CommandWorkingDir" },
});

export const LAUNCHER = text({
  max: {
    length: DEFAULT_LIMITS.launcherBytes.value,
    unit: "bytes",
    code: "InvalidLauncher.LengthLimitExceeded",
  },
});

/** Smaller values become 10: what the documentation says of the console holds here too. */
export const TIMEOUT = integer({
  min: 0,
  max: "timeoutSeconds",
  code: "InvalidTimeout.ExceedLimit",
});

/** Judged by each action: an unknown encoding counts as the action's default. */
export const CONTENT_ENCODING = text();

export const RESOURCE_GROUP = text({
  pattern: { like: /^rg-[A-Za-z0-9]+$/, code: "InvalidResourceGroup.NotFound" },
});

/** What InvokeCommand and RunCommand have in common, in the order in which it is judged. */
export function invocationFields(resourceTags: number) {
  return {
    ClientToken: CLIENT_TOKEN,
    InstanceId: list({
      max: { count: "instancesPerCall", code: "InstanceIds.ExceedLimit" },
    }),
    ResourceTag: tags({ max: resourceTags, codes: RESOURCE_TAG_CODES }),
    RepeatMode: text(),
    Frequency: text(),
    Timed: boolean(),
    Parameters: text(),
    Username: text({
      max: {
        length: DEFAULT_LIMITS.usernameCharacters.value,
        unit: "characters",
        code: "Username.ExceedLimit",
      },
    }),
    WindowsPasswordName: text({
      max: {
        length: DEFAULT_LIMITS.usernameCharacters.value,
        unit: "characters",
        code: "WindowsPasswordName.ExceedLimit",
      },
    }),
    Timeout: TIMEOUT,
    WorkingDir: WORKING_DIR,
    ContainerId: text({
      pattern: {
        like: /^((docker|containerd|cri-o):\/\/)?[0-9a-f]{64}$/,
        code: "InvalidContainerId.Malformed",
      },
    }),
    ContainerName: text({
      pattern: {
        like: /^[A-Za-z0-9][A-Za-z0-9._-]{0,254}$/,
        code: "InvalidContainerName.Malformed",
      },
    }),
    Launcher: LAUNCHER,
    TerminationMode: text({
      values: { among: TERMINATION_MODES, code: "InvalidTerminationMode.NotFound" },
    }),
    OssOutputDelivery: text(),
    ResourceGroupId: RESOURCE_GROUP,
    Tag: TAG,
  } as const;
}

/** The two modes of paging. With MaxResults or NextToken the old one is not looked at. */
export const PAGING = {
  MaxResults: integer({
    min: 1,
    max: DEFAULT_LIMITS.pageSizeMaximum.value,
    code: "InvalidParameter.MaxResults",
  }),
  NextToken: text(),
  PageNumber: integer({ min: 1, code: "InvalidParam.PageNumber" }),
  PageSize: integer({
    min: 1,
    max: DEFAULT_LIMITS.pageSizeMaximum.value,
    code: "InvalidParam.PageSize",
  }),
} as const;
