import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";

const repository = path.resolve(__dirname, "../../..");
const folders: string[] = [];
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** The scripts as they are built, in a repository of their own: its journal and state are not the developer's. */
function copyOfScripts(): string {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), "scripts-run-")));
  folders.push(folder);
  cpSync(path.join(repository, "scripts/dist"), path.join(folder, "scripts/dist"), {
    recursive: true,
  });
  symlinkSync(path.join(repository, "node_modules"), path.join(folder, "node_modules"));
  return folder;
}

/** Puts a program in place of the CLI; it has the SDK and the variables of whoever runs it. */
function withCli(folder: string, program: string): NodeJS.ProcessEnv {
  const bin = path.join(folder, "bin");
  mkdirSync(bin);
  const file = path.join(bin, "pulumi");
  const version = `if (process.argv[2] === "version") { console.log("v3.999.0"); process.exit(0); }`;
  writeFileSync(file, `#!${process.execPath}\n${version}\n${program}\n`);
  chmodSync(file, 0o755);
  return { ...process.env, PATH: [bin, process.env.PATH].join(path.delimiter) };
}

/** Hears from processes: each connects and says one word. */
type Ear = { readonly port: number; heard(word: string): Promise<Socket>; close(): void };

async function listen(): Promise<Ear> {
  const said = new Map<string, Socket>();
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", (word) => {
      said.set(String(word), socket);
      server.emit("word");
    });
  });
  const port = await portOf(server);
  const heard = async (word: string): Promise<Socket> => {
    while (!said.has(word)) await once(server, "word");
    return said.get(word)!;
  };
  const close = (): void => {
    for (const socket of said.values()) socket.destroy();
    server.close();
  };
  return { port, heard, close };
}

async function portOf(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await portOf(server);
  server.close();
  await once(server, "close");
  return port;
}

/** Says a word, and lives as long as it is listened to. */
function saying(word: string, port: number): string {
  return `require('net').connect(${port},'127.0.0.1').resume().write('${word}')`;
}

// A machine's command really runs only there.
(process.platform === "linux" ? test : test.skip)(
  "Ctrl-C while the CLI is asked something ends npm start with 130, and what the machines run with it",
  async () => {
    const folder = copyOfScripts();
    const ear = await listen();
    const content = `${process.execPath} -e "${saying("machine", ear.port)}"`;
    const env = withCli(
      folder,
      `const { default: Ecs, RunCommandRequest } = require("@alicloud/ecs20140526");
       const { $OpenApiUtil } = require("@alicloud/openapi-core");
       const { env } = process;
       process.on("SIGINT", () => process.exit(9));
       new Ecs(new $OpenApiUtil.Config({
         accessKeyId: env.CLOUD_ASSISTANT_ACCESS_KEY_ID,
         accessKeySecret: env.CLOUD_ASSISTANT_ACCESS_KEY_SECRET,
         endpoint: new URL(env.CLOUD_ASSISTANT_ENDPOINT).host,
         protocol: "http",
       })).runCommand(new RunCommandRequest({
         regionId: env.CLOUD_ASSISTANT_REGION,
         type: "RunShellScript",
         instanceId: ["i-quickstart0001"],
         commandContent: ${JSON.stringify(content)},
       })).then(() => { ${saying("cli", ear.port)}; });`,
    );
    try {
      const child = spawn(process.execPath, [path.join(folder, "scripts/dist/start.js")], {
        env: { ...env, CLOUD_ASSISTANT_EMULATOR_PORT: String(await freePort()) },
        stdio: ["ignore", "ignore", "pipe"],
      });
      children.push(child);
      let err = "";
      child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
      const ended = once(child, "close");
      const machine = await ear.heard("machine");
      const machineGone = once(machine, "close");
      await ear.heard("cli");
      child.kill("SIGINT");
      expect(await ended).toEqual([130, null]);
      expect(err).toBe("");
      await machineGone;
    } finally {
      ear.close();
    }
  },
);

test("npm run pulumi works on the local cloud and the local backend, and names the account that it leaves alone", async () => {
  const folder = copyOfScripts();
  const env = withCli(
    folder,
    `const { CLOUD_ASSISTANT_ENDPOINT, PULUMI_BACKEND_URL } = process.env;
     console.log(JSON.stringify({ CLOUD_ASSISTANT_ENDPOINT, PULUMI_BACKEND_URL }));
     process.exit(3);`,
  );
  const port = await freePort();
  const child = spawn(process.execPath, [path.join(folder, "scripts/dist/pulumi.js"), "up"], {
    env: {
      ...env,
      CLOUD_ASSISTANT_EMULATOR_PORT: String(port),
      PULUMI_BACKEND_URL: "https://api.pulumi.example",
      ALIBABA_CLOUD_PROFILE: "prod",
      ALICLOUD_ASSUME_ROLE_ARN: "acs:ram::1:role/ops",
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.push(child);
  let [out, err] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
  expect(await once(child, "close")).toEqual([3, null]);
  expect(JSON.parse(out)).toEqual({
    CLOUD_ASSISTANT_ENDPOINT: `http://127.0.0.1:${port}`,
    PULUMI_BACKEND_URL: `file://${folder}/.state/pulumi/backend`,
  });
  expect(err).toMatch(
    /^Runs on the local emulator \([^)]*\), without ALIBABA_CLOUD_PROFILE, ALICLOUD_ASSUME_ROLE_ARN\. .*\n$/,
  );
});

describe("a signal beside the local cloud", () => {
  /** A cloud that is closed when a line comes in. */
  function closing(work: string): { child: ChildProcess; said: (text: string) => Promise<void> } {
    const module = path.join(repository, "scripts/dist/beside-local-cloud.js");
    const script = `
      const { besideLocalCloud } = require(${JSON.stringify(module)});
      let heard = 0;
      const close = () => new Promise((resolve) => {
        for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
          // Where nobody listens, the signal keeps its effect.
          if (process.listenerCount(signal) > 0) process.on(signal, () => console.log("heard " + ++heard));
        }
        process.stdin.once("data", () => { console.log("closed"); process.stdin.destroy(); resolve(); });
        console.log("closing");
      });
      besideLocalCloud(${work}, async () => ({ close }))
        .then((code) => { process.exitCode = code; });`;
    const child = spawn(process.execPath, ["-e", script], { stdio: ["pipe", "pipe", "inherit"] });
    children.push(child);
    let out = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      out += text;
      child.emit("said");
    });
    // One that has ended says nothing more.
    child.once("close", () => child.emit("said"));
    const said = async (text: string): Promise<void> => {
      while (!out.includes(text)) {
        if (child.exitCode !== null || child.signalCode !== null) throw new Error(`no "${text}"`);
        await once(child, "said");
      }
    };
    return { child, said };
  }

  test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
    "%s while it closes lets it close, however often it comes, and then ends",
    async (signal) => {
      const { child, said } = closing("async () => 0");
      const ended = once(child, "close");
      await said("closing");
      child.kill(signal);
      await said("heard 1");
      child.kill(signal);
      await said("heard 2");
      child.stdin!.write("go\n");
      await said("closed");
      const code = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 }[signal];
      expect(await ended).toEqual([code, null]);
    },
  );

  const heeding = `(cloud, stop) => new Promise((resolve, reject) => {
    const alive = setInterval(() => {}, 1000);
    stop.addEventListener("abort", () => { clearInterval(alive); END; });
    console.log("working");
  })`;

  test.each([
    ["the work fails by it, and that is no error", "reject(new Error('interrupted'))", 130],
    ["the work ends with a code of its own, and that is it", "resolve(7)", 7],
  ])("while the work goes on: %s", async (_what, end, code) => {
    const { child, said } = closing(heeding.replace("END", end));
    const ended = once(child, "close");
    await said("working");
    child.kill("SIGINT");
    await said("closing");
    child.stdin!.write("go\n");
    expect(await ended).toEqual([code, null]);
  });
});
