import { Command, CommandInvocation } from "pulumi-cloud-assistant";

// Fails where the file is missing, and says so.
const configure = new Command("configure", {
  name: "configure-agents",
  content: `set -e
if [ ! -f "$HOME/agent.conf" ]; then
  echo "agent.conf is missing on $(hostname)"
  exit 3
fi
echo "configured with $(cat "$HOME/agent.conf")"
`,
});

// 120 machines: three calls of at most 50.
const rollOut = new CommandInvocation("roll-out", {
  command: configure,
  targets: { tags: { role: "fleet" }, expect: { min: 120, max: 120 } },
});

export const status = rollOut.status;
export const summary = rollOut.summary;
