/** An environment without what somebody has set for stacks of their own: it would be measured too, or written to. */
export function withoutPulumi(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("PULUMI_")));
}
