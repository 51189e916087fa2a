/** In which account and region something is, whatever credentials and configuration say later. */
import { createServer, type Server } from "node:http";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import type { Emulator } from "cloud-assistant-emulator";
import { exits, fleet, idOf, idsOf, script, tagged } from "../support/fleet.js";
import {
  destroy,
  launches,
  mutatingCalls,
  refresh,
  startVirtual,
  stateOf,
  up,
} from "../support/lifecycle.js";
import { timed } from "../support/timed.js";

jest.setTimeout(60_000);

const here = {
  accountId: "1000000000000001",
  accessKeyId: "here-key",
  accessKeySecret: "here-secret",
};
const there = {
  accountId: "2000000000000002",
  accessKeyId: "there-key",
  accessKeySecret: "there-secret",
};
const asThere = {
  CLOUD_ASSISTANT_ACCESS_KEY_ID: there.accessKeyId,
  CLOUD_ASSISTANT_ACCESS_KEY_SECRET: there.accessKeySecret,
};
const elsewhere = "cn-beijing";

let emulator: Emulator;
const cleanUps: (() => void)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
  jest.restoreAllMocks();
  await emulator.close();
});

/** Machines 1 and 2 here, 3 in another account, 4 in another region. */
async function begin(): Promise<void> {
  emulator = await startVirtual({
    accounts: [here, there],
    instances: [
      ...fleet(2),
      { instanceId: idOf(3), tags: { role: "web" }, accountId: there.accountId },
      { instanceId: idOf(4), tags: { role: "web" }, regionId: elsewhere },
    ],
  });
}

const inputs = { script, targets: tagged };
const changed = { ...inputs, script: { content: "echo other\n" } };

describe("the account of record", () => {
  test.each(["update", "read", "delete"])(
    "with credentials of another account, %s names both and calls nothing",
    async (operation) => {
      await begin();
      const slow = { ...inputs, wait: { timeout: 5 }, timeout: 600 };
      emulator.instances.update(idOf(1), exits(0, "", 300_000));
      const first = await up(emulator, undefined, slow);
      emulator.requests.clear();
      const said = await {
        update: () =>
          up(emulator, first.kept, { ...slow, script: changed.script }, { env: asThere }).then(
            ({ failure }) => failure?.message,
          ),
        read: () => refresh(emulator, first.kept!, { env: asThere }).then(String, messageOf),
        delete: () => destroy(emulator, first.kept!, { env: asThere }).then(String, messageOf),
      }[operation]!();
      expect(said).toContain(`Given: account ${there.accountId}`);
      expect(said).toContain(`Allowed: account ${here.accountId}`);
      expect(mutatingCalls(emulator)).toEqual([]);
      // Never a replace, never "gone".
      const back = await up(emulator, first.kept, { ...slow, wait: { timeout: 600 } });
      expect(back.failure).toBeUndefined();
      expect(launches(emulator)).toEqual([]);
    },
  );

  test("connection.accountId that is not the credentials' account calls nothing", async () => {
    await begin();
    const connection = { accountId: there.accountId };
    const { kept, failure } = await up(emulator, undefined, { ...inputs, connection });
    expect(kept).toBeUndefined();
    expect(failure?.message).toContain("connection.accountId");
    expect(failure?.message).toContain(`Given: account ${here.accountId}`);
    expect(failure?.message).toContain(`Allowed: account ${there.accountId}`);
    expect(mutatingCalls(emulator)).toEqual([]);
    const right = { ...inputs, connection: { accountId: here.accountId } };
    expect((await up(emulator, undefined, right)).failure).toBeUndefined();
  });

  test("the account and the region are in the preview", async () => {
    await begin();
    const { lines } = await up(emulator, undefined, inputs);
    expect(lines.join("\n")).toContain(
      `(account ${here.accountId}, region ${emulator.regionId}, LOCAL EMULATOR)`,
    );
  });
});

describe("the region of record", () => {
  test("a configuration that moved does not move what exists: update, refresh and destroy stay", async () => {
    await begin();
    const first = await up(emulator, undefined, inputs);
    expect(launches(emulator)).toEqual([idsOf(1, 2)]);
    emulator.requests.clear();
    const env = { CLOUD_ASSISTANT_REGION: elsewhere };
    const second = await up(emulator, first.kept, changed, { env });
    expect(second.operation).toBe("update");
    expect(launches(emulator)).toEqual([idsOf(1, 2)]);
    expect(second.lines.join("\n")).toContain(`region ${emulator.regionId}`);
    expect(second.kept!.inputs.plan).toMatchObject({
      region: emulator.regionId,
      calls: [`1: ${idsOf(1, 2).join(" ")}`],
    });
    expect(stateOf(second.kept).region).toBe(emulator.regionId);
    const refreshed = await refresh(emulator, second.kept!, { env });
    await destroy(emulator, refreshed, { env });
    const regions = emulator.requests
      .list({ action: ["RunCommand", "TagResources"] })
      .map(({ regionId }) => regionId);
    expect(new Set(regions)).toEqual(new Set([emulator.regionId]));
  });

  test("tracked members are looked for where the resource is", async () => {
    await begin();
    const tracked = { script, targets: { ...tagged, membership: "track" } };
    const first = await up(emulator, undefined, tracked);
    const env = { CLOUD_ASSISTANT_REGION: elsewhere };
    const second = await up(emulator, first.kept, tracked, { env });
    expect(second.operation).toBe("same");
    emulator.instances.add({ instanceId: idOf(5), tags: { role: "web" } });
    const third = await up(emulator, second.kept, tracked, { env });
    expect(launches(emulator)).toEqual([idsOf(1, 2), [idOf(5)]]);
    expect(stateOf(third.kept).summary).toMatchObject({ succeeded: 3, dropped: 0 });
  });

  test("an explicit other connection.region replaces: delete there, then create here", async () => {
    await begin();
    const first = await up(emulator, undefined, inputs);
    emulator.requests.clear();
    const moved = { ...inputs, connection: { region: elsewhere } };
    const second = await up(emulator, first.kept, moved);
    expect(second.operation).toBe("replace");
    expect(launches(emulator)).toEqual([[idOf(4)]]);
    expect(stateOf(second.kept).region).toBe(elsewhere);
    expect(second.kept!.inputs.plan).toMatchObject({ region: elsewhere, calls: [`1: ${idOf(4)}`] });
    expect(mutatingCalls(emulator)).toEqual(["TagResources", "RunCommand"]);
    const third = await up(emulator, second.kept, moved);
    expect(third.operation).toBe("same");
  });

  test("connection.region that names where it is already is no change", async () => {
    await begin();
    const first = await up(emulator, undefined, inputs);
    emulator.requests.clear();
    const connection = { region: emulator.regionId };
    const second = await up(emulator, first.kept, { ...inputs, connection });
    expect(second.operation).toBe("same");
    expect(emulator.requests.list()).toEqual([]);
  });
});

describe("connection", () => {
  const noKeys = { CLOUD_ASSISTANT_ACCESS_KEY_ID: "", CLOUD_ASSISTANT_ACCESS_KEY_SECRET: "" };

  /** A home folder with a configuration of the Alibaba Cloud CLI. */
  function homeWithProfiles(): void {
    const home = mkdtempSync(path.join(os.tmpdir(), "profiles-"));
    cleanUps.push(() => rmSync(home, { recursive: true, force: true }));
    mkdirSync(path.join(home, ".aliyun"));
    const profiles = [here, there].map((account, n) => ({
      name: ["here", "there"][n],
      mode: "AK",
      access_key_id: account.accessKeyId,
      access_key_secret: account.accessKeySecret,
    }));
    const file = path.join(home, ".aliyun", "config.json");
    writeFileSync(file, JSON.stringify({ current: "here", profiles }));
    // The process's own home is not to be touched, and it is read from outside of JavaScript.
    jest.spyOn(os, "homedir").mockReturnValue(home);
  }

  test("profile says as whom: each resource may have its own, through update, refresh and destroy", async () => {
    await begin();
    homeWithProfiles();
    const mine = { ...inputs, connection: { profile: "there", accountId: there.accountId } };
    const first = await up(emulator, undefined, mine, { env: noKeys });
    expect(first.failure).toBeUndefined();
    expect(stateOf(first.kept).accountId).toBe(there.accountId);
    expect(launches(emulator)).toEqual([[idOf(3)]]);
    const second = await up(
      emulator,
      first.kept,
      { ...mine, ...{ script: changed.script } },
      {
        env: noKeys,
        config: { "alicloud:profile": "here" },
      },
    );
    expect(second.failure).toBeUndefined();
    const config = { "alicloud:profile": "here" };
    const refreshed = await refresh(emulator, second.kept!, { env: noKeys, config });
    await destroy(emulator, refreshed, { env: noKeys, config });
    const accounts = emulator.requests.list().map(({ accountId }) => accountId);
    expect(new Set(accounts)).toEqual(new Set([there.accountId]));
  });

  test("keys in the CLOUD_ASSISTANT_* environment come before it", async () => {
    await begin();
    homeWithProfiles();
    const { kept } = await up(emulator, undefined, { ...inputs, connection: { profile: "there" } });
    expect(stateOf(kept).accountId).toBe(here.accountId);
  });

  test("a profile that does not exist is said, and nothing is called", async () => {
    await begin();
    homeWithProfiles();
    const { failure } = await up(
      emulator,
      undefined,
      { ...inputs, connection: { profile: "nobody" } },
      { env: noKeys },
    );
    expect(failure?.message).toContain("connection.profile");
    expect(failure?.message).toContain("nobody");
    expect(emulator.requests.list()).toEqual([]);
  });

  test("the connection alone changing is only saved", async () => {
    await begin();
    const first = await up(emulator, undefined, inputs);
    emulator.requests.clear();
    const connection = { accountId: here.accountId };
    const second = await up(emulator, first.kept, { ...inputs, connection });
    expect(second.operation).toBe("update");
    expect(emulator.requests.list()).toEqual([]);
    expect(stateOf(second.kept)).toMatchObject({ connection, status: "Success" });
  });
});

describe("role credentials", () => {
  type Token = "first" | "second";

  /** Hands out temporary credentials, as a metadata service does. */
  async function credentialsService(): Promise<{
    readonly url: string;
    readonly given: Token[];
    current: Token;
  }> {
    const service = { url: "", given: [] as Token[], current: "first" as Token };
    const server: Server = createServer((_request, response) => {
      const token = service.current;
      service.given.push(token);
      response.setHeader("content-type", "application/json");
      response.end(
        JSON.stringify({
          Code: "Success",
          AccessKeyId: `sts-${token}`,
          AccessKeySecret: "sts-secret",
          SecurityToken: token,
          Expiration: "2099-01-01T00:00:00Z",
        }),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    cleanUps.push(() => server.close());
    service.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    return service;
  }

  test("credentials that end in a long rollout are renewed, and it goes on", async () => {
    const sts = (token: string) => ({
      accountId: here.accountId,
      accessKeyId: `sts-${token}`,
      accessKeySecret: "sts-secret",
      securityToken: token,
    });
    emulator = await startVirtual({
      accounts: [sts("first"), sts("second")],
      instances: fleet(3),
    });
    const service = await credentialsService();
    const end = (): void => {
      service.current = "second";
      emulator.faults.add({
        match: { action: ["RunCommand", "DescribeInstances"] },
        times: 1,
        effect: { kind: "credentialsExpire" },
      });
    };
    const clock = timed(emulator, [{ afterMs: 30_000, run: end }]);
    const { kept, failure } = await up(
      emulator,
      undefined,
      { ...inputs, rollout: { batchSize: 1, pauseBetweenBatches: 60 } },
      {
        clock,
        env: { CLOUD_ASSISTANT_ACCESS_KEY_ID: "", CLOUD_ASSISTANT_ACCESS_KEY_SECRET: "" },
        config: { "alicloud:credentialsUri": service.url },
      },
    );
    expect(failure).toBeUndefined();
    expect(stateOf(kept).summary.succeeded).toBe(3);
    expect(service.given.at(-1)).toBe("second");
    expect(launches(emulator)).toEqual([[idOf(1)], [idOf(2)], [idOf(3)]]);
  });
});

function messageOf(reason: unknown): string {
  return (reason as Error).message;
}
