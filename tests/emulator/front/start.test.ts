import { createServer, type AddressInfo } from "node:net";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmulator, type EmulatorOptions } from "cloud-assistant-emulator";
import { closeEmulators, emulator, runCommand } from "./support/emulators.js";
import { send, signedRequest } from "./support/signed-request.js";

afterEach(closeEmulators);

describe("emulators in one process", () => {
  it("stand side by side, each with its own port, state, clock, log and faults", async () => {
    const clock = { mode: "virtual", now: "2026-03-01T00:00:00Z" } as const;
    const [a, b] = [
      await emulator({ instances: 1, clock }),
      await emulator({ instances: 2, clock }),
    ];
    expect(a.port).not.toBe(b.port);
    expect([a.instances.list().length, b.instances.list().length]).toEqual([1, 2]);
    await a.clock.advance(60_000);
    expect(b.clock.now()).toBe(Date.parse(clock.now));
    b.faults.add({ effect: { kind: "http5xx" } });
    const [id] = a.instances.list().map((instance) => instance.instanceId);
    expect((await signedRequest(a.url, a, runCommand(id!))).status).toBe(200);
    expect(a.requests.list()).toHaveLength(1);
    expect(b.requests.list()).toHaveLength(0);
    expect(b.invocations()).toEqual([]);
  });

  it("have secrets of their own: one's client is a stranger to the other", async () => {
    const [a, b] = [await emulator(), await emulator()];
    const answer = await signedRequest(a.url, b, { action: "DescribeRegions" });
    expect(answer.body.Code).toBe("SignatureDoesNotMatch");
  });
});

describe("a start", () => {
  it("on a busy port fails with what, which port, and what to set", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => other.once("listening", resolve));
    const { port } = other.address() as AddressInfo;
    await expect(startEmulator({ port, backend: "sim" })).rejects.toMatchObject({
      name: "EmulatorError",
      code: "PortInUse",
      message: expect.stringMatching(
        new RegExp(`Port ${port} on 127.0.0.1 is in use.*--port 0`),
      ) as string,
    });
    await new Promise((resolve) => other.close(resolve));
  });

  it("on a port that was just freed succeeds", async () => {
    const first = await startEmulator({ backend: "sim" });
    const { port } = first;
    await first.close();
    await first.close();
    expect((await emulator({ port })).port).toBe(port);
  });

  it("on a data folder in use fails, and the first emulator goes on", async () => {
    const data = mkdtempSync(join(tmpdir(), "front-test-"));
    try {
      const first = await emulator({ data });
      await expect(startEmulator({ data, backend: "sim" })).rejects.toMatchObject({
        code: "DataInUse",
        message: expect.stringContaining(data) as string,
      });
      expect((await signedRequest(first.url, first, { action: "DescribeRegions" })).status).toBe(
        200,
      );
      await closeEmulators();
    } finally {
      rmSync(data, { recursive: true, force: true });
    }
  });

  it("keeps the secret of its account in the data folder, for its owner only", async () => {
    const data = mkdtempSync(join(tmpdir(), "front-test-"));
    try {
      const first = await emulator({ data });
      await first.close();
      const second = await emulator({ data });
      expect(second.accessKeySecret).toBe(first.accessKeySecret);
      const file = join(data, "access-key-secret");
      expect(readFileSync(file, "utf8").trim()).toBe(first.accessKeySecret);
      expect(statSync(file).mode & 0o777).toBe(0o600);
      await closeEmulators();
    } finally {
      rmSync(data, { recursive: true, force: true });
    }
  });

  it.each<readonly [EmulatorOptions, RegExp]>([
    [{ port: 70_000 }, /port is 70000/],
    [{ instances: -1 }, /instances is -1/],
    [{ regionId: "Hang Zhou" }, /regionId/],
    [{ regionId: "moon-1" }, /regionId is "moon-1"/],
    [{ data: "" }, /data is empty/],
    [{ instances: 1e9 }, /instances is 1000000000; give a whole number from 0 to/],
    [{ instances: [{ instanceID: "i-1" } as never] }, /instances\[0\].instanceID is not known/],
    [{ limits: { instancesPerCal: 5 } as never }, /limits.instancesPerCal is not known/],
    [{ sim: { afterMs: "soon" as never } }, /sim.afterMs must be a whole number/],
    [{ publicCommands: [{ name: "x" } as never] }, /publicCommands\[0\].type is missing/],
    [{ accounts: [{ accountId: "1" } as never] }, /accounts\[0\].accessKeyId is missing/],
    [{ data: "/proc/nothing-can-be-made-here" }, /data folder .* cannot be used/],
    [{ data: "/dev/null" }, /data folder .* cannot be used/],
    [{ accounts: [] }, /accounts is empty/],
    [{ clock: { mode: "scaled", factor: 0 } }, /factor/],
    [{ clock: { mode: "virtual", now: "soon" } }, /ISO 8601/],
    [{ faults: [{ effect: { kind: "delay" } as never }] }, /delayMs is missing/],
  ])("with %j is refused, and leaves nothing behind", async (options, message) => {
    await expect(startEmulator({ backend: "sim", ...options })).rejects.toMatchObject({
      code: "InvalidOption",
      message: expect.stringMatching(message) as string,
    });
  });

  it("names every option that is wrong at once", async () => {
    await expect(startEmulator({ port: -1, instances: 1.5 })).rejects.toThrow(
      /port is -1[^]*instances is 1.5/,
    );
  });

  it("with the same seed makes the same ids", async () => {
    const ids = async () => {
      const it = await emulator({
        seed: "s",
        instances: 2,
        clock: { mode: "virtual", now: "2026-03-01T00:00:00Z" },
      });
      const [id] = it.instances.list().map((instance) => instance.instanceId);
      const { body } = await signedRequest(it.url, it, runCommand(id!));
      return [id, body.InvokeId as string, body.RequestId as string];
    };
    expect(await ids()).toEqual(await ids());
  });
});

describe("the end", () => {
  it("frees the port, and requests are refused", async () => {
    const it = await emulator();
    await it.close();
    await expect(send(it.url, "GET", "/", {})).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });

  it("removes the folder of instances that no data folder keeps", async () => {
    const it = await emulator({ backend: "exec", instances: 1, isolation: "plain" });
    const root = it.instances.root(it.instances.list()[0]!.instanceId)!;
    expect(existsSync(root)).toBe(true);
    await it.close();
    expect(existsSync(root)).toBe(false);
  });
});

describe("the server", () => {
  it("listens on the loopback address only", async () => {
    const it = await emulator();
    expect(it.url).toBe(`http://127.0.0.1:${it.port}`);
  });

  it("tells a browser what it is", async () => {
    const it = await emulator();
    const answer = await send(it.url, "GET", "/", {});
    expect(answer).toMatchObject({ status: 200, text: expect.stringContaining("/_emulator/") });
    expect(it.requests.list()).toEqual([]);
  });
});
