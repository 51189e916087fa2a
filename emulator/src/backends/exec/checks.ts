import { resolve } from "node:path";
import type { Place } from "./isolation/isolation.js";
import type { Refusal } from "./refusal.js";
import { canEnter, isDirectory, type User } from "./users.js";

/** Why a named user's command is not run. */
export function refuseUser(name: string, user: User | undefined): Refusal | undefined {
  if (user === undefined) {
    return { errorCode: "AccountNotExists", detail: `UserInvalid_${name}: exit status 1` };
  }
  // The agent of release v578 takes no name that means root; later ones do.
  return user.uid === 0 || user.gid === 0
    ? { errorCode: "UserOrPasswordInvalid", detail: `UserInvalid_${name}: invalid uid and gid` }
    : undefined;
}

/** Why a command does not find the folder that it should begin in. */
export function refuseFolder(
  given: string,
  home: string,
  user: User | undefined,
  place: Place,
): Refusal | undefined {
  if (given !== "") {
    return isDirectory(place.hostPath(resolve(home, given)))
      ? undefined
      : { errorCode: "DirectoryNotExists", detail: "WorkingDirectoryNotExist" };
  }
  const isClosed = user !== undefined && !canEnter(home, user, place.hostPath);
  return isDirectory(place.hostPath(home)) && !isClosed
    ? undefined
    : {
        errorCode: "DefaultWorkingDirectoryNotAvailable",
        detail: `Failed to use home directory of specified user: ${home} cannot be entered`,
      };
}
