/**
 * Signed requests a second of the emulator over a bare Node server that parses and verifies: the
 * same requests, from the same client, on the loopback address.
 */
import { fork, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import {
  fleet,
  instanceId,
  startEmulatorProcess,
  type EmulatorProcess,
} from "./support/emulator-process.js";
import { built } from "./support/places.js";
import { sendAll, type Answered } from "./support/raw-client.js";
import { main, say, type Measurement } from "./support/report.js";
import { signedRequest } from "./support/signed-request.js";
import { inTurns, median, rounded } from "./support/statistics.js";

const turns = 7;
const requestsATurn = 2_000;

type Kind = { readonly action: string; readonly params: Readonly<Record<string, string>> };

/** A read of three machines, and a command that is accepted. */
const kinds: readonly Kind[] = [
  { action: "DescribeInstances", params: { RegionId: "cn-hangzhou" } },
  {
    action: "RunCommand",
    params: {
      RegionId: "cn-hangzhou",
      Type: "RunShellScript",
      CommandContent: Buffer.from("echo done").toString("base64"),
      ContentEncoding: "Base64",
      "InstanceId.1": instanceId(0),
    },
  },
];

main(async () => {
  const measured: Measured[] = [];
  for (const kind of kinds) measured.push(await measure(kind));
  return {
    bench: "emulator-requests",
    measurements: measured.flatMap(measurementsOf),
    detail: { turns, requestsATurn, requestsASecond: measured.map(({ shown }) => shown) },
  };
});

type Measured = {
  readonly action: string;
  readonly ratio: number;
  readonly refused: number;
  readonly shown: unknown;
};

async function measure(kind: Kind): Promise<Measured> {
  say(`${kind.action}, ${turns} turns of ${requestsATurn}`);
  const emulator = await startEmulatorProcess({
    // Neither the runs of one machine nor those of a day are what is measured.
    seed: {
      instances: fleet(3),
      sim: { concurrency: 1_000_000 },
      limits: { invocationsPerDay: 1_000_000 },
    },
  });
  let bare: BareServer | undefined;
  try {
    const first = await sendAll(emulator.url, [requestOf(emulator, kind)]);
    bare = await startBareServer(emulator, first.bodyBytes);
    const bareKeys = { ...emulator, url: bare.url };
    let refused = first.refused;
    const rate = async (keys: EmulatorProcess): Promise<number> => {
      const requests = Array.from({ length: requestsATurn }, () => requestOf(keys, kind));
      const answered: Answered = await sendAll(keys.url, requests);
      refused += answered.refused;
      return (requestsATurn * 1_000) / answered.milliseconds;
    };
    // Both are warm before anything counts.
    await rate(emulator);
    await rate(bareKeys);
    const rates = await inTurns(turns, {
      emulator: () => rate(emulator),
      bare: () => rate(bareKeys),
    });
    const shown = {
      action: kind.action,
      answerBytes: first.bodyBytes,
      emulator: rates.emulator.map(Math.round),
      bare: rates.bare.map(Math.round),
    };
    return {
      action: kind.action,
      ratio: median(rates.emulator) / median(rates.bare),
      refused,
      shown,
    };
  } finally {
    bare?.child.disconnect();
    await emulator.end();
  }
}

function requestOf(keys: EmulatorProcess, { action, params }: Kind): Buffer {
  return signedRequest(keys, { action, params, nonce: randomUUID() });
}

type BareServer = { readonly url: string; readonly child: ChildProcess };

function startBareServer(keys: EmulatorProcess, answerBytes: number): Promise<BareServer> {
  return new Promise((resolve, reject) => {
    const child = fork(built("support/bare-server"), [], {
      env: {
        ...process.env,
        BENCH_ACCESS_KEY_SECRET: keys.accessKeySecret,
        BENCH_ANSWER_BYTES: String(answerBytes),
      },
    });
    child.once("message", (message) => {
      const { port } = message as { readonly port: number };
      resolve({ url: `http://127.0.0.1:${port}`, child });
    });
    child.once("error", reject);
  });
}

function measurementsOf({ action, ratio, refused }: Measured): readonly Measurement[] {
  return [
    { name: `${action}: requests a second`, value: rounded(ratio), unit: "of the bare server's" },
    {
      name: `${action}: requests that were refused`,
      value: refused,
      unit: "requests",
      bound: { kind: "exact", equals: 0 },
    },
  ];
}
