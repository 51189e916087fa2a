import { Command, CommandInvocation } from "pulumi-cloud-assistant";

// A command that is saved in Cloud Assistant. {{who}} is a parameter.
const greet = new Command("greet", {
  name: "greet",
  content: 'echo "Hello {{who}}, this is $(hostname)."\n',
});

// Runs it now, on every machine that carries the tag.
const greeting = new CommandInvocation("greeting", {
  command: greet,
  parameters: { who: "world" },
  targets: { tags: { role: "web" }, expect: { min: 3, max: 3 } },
});

export const status = greeting.status;
export const summary = greeting.summary;
