import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import type { ClockOptions } from "../clock/clock.js";
import { EmulatorError } from "../errors.js";
import type { Account } from "../gates/credentials.js";
import type { EmulatorOptions } from "../options.js";
import { EXIT_HELP } from "./exit-codes.js";
import { readSeedFile } from "./seed-file.js";

export type CliArguments = {
  readonly options: EmulatorOptions;
  readonly verbose: boolean;
};

/** Where help and complaints are written. */
export type CliOutput = {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
};

export type ParsedArguments =
  | { readonly kind: "run"; readonly arguments: CliArguments }
  /** Help or version was asked for and printed. */
  | { readonly kind: "printed" }
  /** Something cannot be taken, and was said. */
  | { readonly kind: "usage" };

/** Reads the command line. What it names, the seed file too, is read here; nothing is started. */
export function parseArguments(
  argv: readonly string[],
  version: string,
  output: CliOutput,
): ParsedArguments {
  const program = describe(version, output);
  try {
    program.parse([...argv], { from: "user" });
    return { kind: "run", arguments: toArguments(program.opts()) };
  } catch (error) {
    if (error instanceof CommanderError) {
      return error.exitCode === 0 ? { kind: "printed" } : { kind: "usage" };
    }
    if (error instanceof EmulatorError && error.code === "InvalidOption") {
      output.err(`error: ${error.message}\n`);
      return { kind: "usage" };
    }
    throw error;
  }
}

type Flags = {
  readonly instances?: number;
  readonly port: number;
  readonly data?: string;
  readonly seed?: string;
  readonly randomSeed?: string;
  readonly region?: string;
  readonly account?: readonly Account[];
  readonly backend: "exec" | "sim";
  readonly clock: ClockOptions;
  readonly isolation: "auto" | "namespaces" | "plain";
  readonly verbose?: true;
};

function describe(version: string, { out, err }: CliOutput): Command {
  return new Command("cloud-assistant-emulator")
    .description("Alibaba Cloud's Cloud Assistant on 127.0.0.1. Commands really run.")
    .version(version)
    .option("--instances <n>", "how many instances there are at first", whole)
    .option("--port <port>", "port to listen on; 0 is any free one", whole, 0)
    .option("--data <folder>", "keep the state here, and go on from it")
    .option("--seed <file>", "JSON file that describes the fleet (see the README)")
    .option("--random-seed <text>", "of ids and faults: the same text, the same numbers")
    .option("--region <id>", "where a request goes that names no region (default: cn-hangzhou)")
    .option(
      "--account <id:key:secret[:token]>",
      "who may call; may be repeated (default: one account with a secret of its own)",
      account,
    )
    .addOption(
      new Option("--backend <kind>", "of instances that do not say: really run, or simulate")
        .choices(["exec", "sim"])
        .default("exec"),
    )
    .addOption(
      new Option("--clock <mode>", "real, scaled:FACTOR, or virtual:ISO (stands until advanced)")
        .argParser(clock)
        .default({ mode: "real" }, "real"),
    )
    .addOption(
      new Option("--isolation <kind>", "how instances that really run are kept apart")
        .choices(["auto", "namespaces", "plain"])
        .default("auto"),
    )
    .option("--verbose", "log every request to stderr, as JSON lines")
    .addHelpText("after", EXIT_HELP)
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeOut: out, writeErr: err });
}

function toArguments(flags: Flags): CliArguments {
  const { instances, port, data, seed, randomSeed, region, account, backend } = flags;
  const file = seed === undefined ? {} : readSeedFile(seed);
  return {
    verbose: flags.verbose === true,
    options: {
      ...file,
      ...{ port, backend, clock: flags.clock, isolation: flags.isolation },
      ...(instances === undefined ? {} : { instances }),
      ...(data === undefined ? {} : { data }),
      ...(randomSeed === undefined ? {} : { seed: randomSeed }),
      ...(region === undefined ? {} : { regionId: region }),
      ...(account === undefined ? {} : { accounts: account }),
    },
  };
}

function whole(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new InvalidArgumentError("Give a whole number.");
}

function account(text: string, before: readonly Account[] | undefined): readonly Account[] {
  const [accountId, accessKeyId, accessKeySecret, ...token] = text.split(":");
  if (!accountId || !accessKeyId || !accessKeySecret) {
    throw new InvalidArgumentError(
      "Give ACCOUNT_ID:ACCESS_KEY_ID:SECRET, and :TOKEN for STS keys.",
    );
  }
  const securityToken = token.join(":");
  const given = { accountId, accessKeyId, accessKeySecret };
  return [...(before ?? []), securityToken === "" ? given : { ...given, securityToken }];
}

function clock(text: string): ClockOptions {
  if (text === "real") return { mode: "real" };
  const [mode, ...rest] = text.split(":");
  const value = rest.join(":");
  const factor = Number(value);
  if (mode === "scaled" && value !== "" && factor > 0 && Number.isFinite(factor)) {
    return { mode, factor };
  }
  if (mode === "virtual" && !Number.isNaN(Date.parse(value))) return { mode, now: value };
  throw new InvalidArgumentError("Give real, scaled:60 or virtual:2026-03-01T00:00:00Z.");
}
