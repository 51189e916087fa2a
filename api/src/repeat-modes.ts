/**
 * When a command runs. A Frequency makes it Period whatever RepeatMode says; without one the
 * default is Once. [sdk]
 */
export const REPEAT_MODES = ["Once", "Period", "NextRebootOnly", "EveryReboot", "DryRun"] as const;

export type RepeatMode = (typeof REPEAT_MODES)[number];

export function isRepeatMode(text: string): text is RepeatMode {
  return (REPEAT_MODES as readonly string[]).includes(text);
}

/** Modes that ModifyInvocationAttribute can change while they live. [sdk] */
export const MODIFIABLE_REPEAT_MODES = ["Period", "NextRebootOnly", "EveryReboot"] as const;
