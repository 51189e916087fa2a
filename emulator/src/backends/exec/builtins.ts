import type { Refusal } from "./refusal.js";

/**
 * Resolves `{{ACS::…}}` as the machine does, on bytes, since a script need not be text in any
 * encoding. Names are exact and `acs` in small letters is no placeholder. Seen with the genuine
 * agent; parameter-store references need an instance role, which no emulated instance has.
 */
export function resolveBuiltIns(
  content: Buffer,
  values: Readonly<Record<string, string>>,
): { readonly ok: true; readonly content: Buffer } | { readonly ok: false; refusal: Refusal } {
  let refusal: Refusal | undefined;
  if (values["InstanceName"] === "") {
    // The agent asks the metadata service for a name that came empty, whatever the script says.
    refusal = invalidBuiltIn("The instance name could not be resolved");
  }
  const resolved = content.toString("latin1").replace(BUILT_IN, (_, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined) {
      refusal ??= invalidBuiltIn(`The environment parameter ${name} is invalid`);
    }
    return Buffer.from(value ?? "", "utf8").toString("latin1");
  });
  if (refusal === undefined && PARAMETER_STORE.test(resolved)) {
    refusal = { errorCode: "InstanceRoleInvalid", detail: "Get role name failed" };
  }
  return refusal === undefined
    ? { ok: true, content: Buffer.from(resolved, "latin1") }
    : { ok: false, refusal };
}

// `\s` of the agent's expressions is these five; JavaScript's would also take a no-break space.
const SPACE = "[\\t\\n\\f\\r ]*";
const BUILT_IN = new RegExp(`\\{\\{${SPACE}ACS${SPACE}::${SPACE}([\\w.-]+)${SPACE}\\}\\}`, "g");
const PARAMETER_STORE = new RegExp(
  `\\{\\{${SPACE}oos(-secret)?${SPACE}:${SPACE}[\\w.-]+${SPACE}\\}\\}`,
);

function invalidBuiltIn(detail: string): Refusal {
  return { errorCode: "InvalidSystemBuiltInParameter", detail };
}
