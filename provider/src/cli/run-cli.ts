import { Command, CommanderError } from "commander";
import { CloudAssistantError } from "../errors.js";
import type { CliDeps } from "./deps.js";
import { orphans, type OrphansOptions } from "./orphans.js";
import { output, type OutputCommandOptions } from "./output.js";
import { runs, type RunsCommandOptions } from "./runs.js";
import { openSession, type CommonOptions, type Session } from "./session.js";
import { stop, type StopCommandOptions } from "./stop.js";

const done = 0;
const failed = 1;
const misused = 2;

/**
 * Runs a command line, and ends with its exit code.
 * @param args without the program's own name
 */
export async function runCli(args: readonly string[], deps: CliDeps): Promise<number> {
  const sessions: Session[] = [];
  const session: OpenSession = (options, stack) => {
    const opened = openSession(deps, options, stack);
    sessions.push(opened);
    return opened;
  };
  try {
    const end = { code: done };
    await program(deps, session, end).parseAsync([...args], { from: "user" });
    return end.code;
  } catch (reason) {
    if (reason instanceof CommanderError) {
      if (reason.code === "cloud-assistant.usage") deps.stderr.write(`${reason.message}\n`);
      return reason.exitCode === 0 ? done : misused;
    }
    const error = CloudAssistantError.from(reason);
    deps.stderr.write(`error: ${error.code}: ${error.message}\n`);
    const problem = sessions.map((one) => one.configProblem()).find((one) => one !== undefined);
    if (problem !== undefined && error.code !== "StackUnreadable") {
      deps.stderr.write(`The stack's configuration was not used whole: ${problem}\n`);
    }
    return failed;
  }
}

type OpenSession = (options: CommonOptions, stack: string | undefined) => Session;

/** What a command that did its work ends with. */
type End = { code: number };

function program(deps: CliDeps, open: OpenSession, end: End): Command {
  const all = new Command("pulumi-cloud-assistant")
    .description("Looks after what CommandInvocation resources run on Alibaba Cloud.")
    .version(deps.version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => deps.stdout.write(text),
      writeErr: (text) => deps.stderr.write(text),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .showHelpAfterError("(add --help for what is allowed)")
    .addHelpText("after", exitCodes);
  addStop(all, deps, open);
  addOrphans(all, deps, open);
  addOutput(all, deps, open);
  addRuns(all, deps, open, end);
  return all;
}

const exitCodes = `
Credentials and region come from the environment (CLOUD_ASSISTANT_*), then from the stack's
configuration, then from ALIBABA_CLOUD_* and ALICLOUD_*; what exists is looked for in the region
and the account that the stack's state names. Pulumi itself is the program pulumi on PATH, or the
one that PULUMI_COMMAND names.

Exit codes: 0 done; 1 refused or failed, the reason is on stderr; 2 the command was not understood.`;

function command(parent: Command, nameAndArguments: string, description: string): Command {
  return parent
    .command(nameAndArguments)
    .description(description)
    .option("--cwd <folder>", "the project's folder (default: this one)")
    .option("--region <id>", "where to look for what no state places");
}

function addStop(parent: Command, deps: CliDeps, open: OpenSession): void {
  command(
    parent,
    "stop [name]",
    "Holds a run and stops what of it is alive, without the stack's lock.",
  )
    .option("--urn <urn>", "the resource's URN: needed while its first create is under way")
    .option("--owner <id>", "the owner, as the tag on its invocations has it")
    .option("--stack <stack>", "the stack (default: the selected one)")
    .option("--organization <name>", "with --urn: the stack's organization", "organization")
    .option("--reason <text>", "said by the pulumi up that finds the hold")
    .addHelpText("after", stopHelp)
    .action((name: string | undefined, options: StopCommandOptions) =>
      stop(name, options, open(options, options.stack), deps),
    );
}

const stopHelp = `
The hold is set first, so that a pulumi up that is under way starts nothing more; then what is
alive is stopped, and it is looked again until two looks in a row find nothing new. Each hold has
an id of its own, and is released once, by CLOUD_ASSISTANT_RESUME or CLOUD_ASSISTANT_ABANDON.

Examples:
  pulumi-cloud-assistant stop patch-web
  pulumi-cloud-assistant stop patch-web --stack prod --reason "disk full on i-1"
  pulumi-cloud-assistant stop --urn 'urn:pulumi:prod::site::pulumi-nodejs:dynamic/cloud-assistant:CommandInvocation::patch-web'

Exit codes: 0 held; 1 nothing was accepted yet, or it failed; 2 the command was not understood.`;

function addOrphans(parent: Command, deps: CliDeps, open: OpenSession): void {
  const collect = (stack: string, stacks: readonly string[]): readonly string[] => [
    ...stacks,
    stack,
  ];
  command(
    parent,
    "orphans",
    "Lists invocations and saved commands that no resource of the stack owns.",
  )
    .option(
      "--stack <stack>",
      "a stack whose resources own something; may be repeated",
      collect,
      [],
    )
    .option("--stop <invokeId>", "shows one invocation and stops it")
    .option("--all", "also those that were closed by an update or a destroy")
    .addHelpText("after", orphansHelp)
    .action((options: OrphansOptions) => orphans(options, open(options, options.stack[0]), deps));
}

const orphansHelp = `
Living ones come first. What belongs to another stack looks like an orphan from here: name every
stack that works in the region. Nothing is ever stopped without --stop.

Examples:
  pulumi-cloud-assistant orphans --stack dev --stack prod
  pulumi-cloud-assistant orphans --stop t-hz0123456789

Exit codes: 0 listed or stopped; 1 it failed; 2 the command was not understood.`;

function addOutput(parent: Command, deps: CliDeps, open: OpenSession): void {
  command(parent, "output <name> <instance>", "Prints a machine's whole output, from the service.")
    .option("--stack <stack>", "the stack (default: the selected one)")
    .option("--raw", "the exact bytes, also on a terminal and in CI")
    .option("--show-secrets", "without taking secret values out")
    .addHelpText("after", outputHelp)
    .action((name: string, instance: string, options: OutputCommandOptions) =>
      output(name, instance, options, open(options, options.stack), deps),
    );
}

const outputHelp = `
A file or a pipe gets the exact bytes. On a terminal, and in CI, control characters and lines that
a CI runner would obey are made harmless. Values of secret inputs are taken out everywhere.

Examples:
  pulumi-cloud-assistant output patch-web i-bp1234567890
  pulumi-cloud-assistant output patch-web i-bp1234567890 > patch-web.log

Exit codes: 0 printed; 1 there is no output, or it failed; 2 the command was not understood.`;

function addRuns(parent: Command, deps: CliDeps, open: OpenSession, end: End): void {
  command(parent, "runs <name>", "Lists what a schedule has run on its machines.")
    .option("--stack <stack>", "the stack (default: the selected one)")
    .option("--since <time>", "24h, 30m, 7d before now, or an instant", "24h")
    .option("--min-success <percent>", "exit 1 where fewer of the runs succeeded, or none ran")
    .option("--json", "the runs as JSON")
    .addHelpText("after", runsHelp)
    .action(async (name: string, options: RunsCommandOptions) => {
      const enough = await runs(name, options, open(options, options.stack), deps);
      if (!enough) end.code = failed;
    });
}

const runsHelp = `
The newest first, from the service's own history, which goes back 30 days. What a renewal has
replaced is part of it. Runs that are under way are listed and not counted.

Examples:
  pulumi-cloud-assistant runs nightly-backup
  pulumi-cloud-assistant runs nightly-backup --since 7d --min-success 95%

Exit codes: 0 listed; 1 fewer succeeded than --min-success says, or it failed; 2 the command was not
understood.`;
