import { maskParams, type RequestLogEntry } from "../../../emulator/src/request-log/entry.js";
import { RequestLog } from "../../../emulator/src/request-log/request-log.js";

const closed = new AbortController().signal;

const arrival = (over: Partial<RequestLogEntry> = {}): Omit<RequestLogEntry, "seq"> => ({
  time: "2026-03-01T00:00:00.000Z",
  action: "RunCommand",
  accountId: "1",
  regionId: "cn-hangzhou",
  dialect: "acs3",
  params: {},
  status: 0,
  requestId: "R",
  committed: false,
  durationMs: 0,
  userAgent: "",
  ...over,
});

describe("the request log", () => {
  it("keeps requests in the order of arrival, whenever they end", () => {
    const log = new RequestLog();
    const first = log.open(arrival({ action: "A" }));
    const second = log.open(arrival({ action: "B" }));
    log.update(second, { status: 200 });
    log.update(first, { status: 500 });
    expect(log.list().map(({ seq, action, status }) => [seq, action, status])).toEqual([
      [1, "A", 500],
      [2, "B", 200],
    ]);
  });

  it("keeps the last ones, counted on", () => {
    const log = new RequestLog({ entries: 3 });
    for (let i = 0; i < 5_000; i += 1) log.open(arrival());
    expect(log.list().map(({ seq }) => seq)).toEqual([4_998, 4_999, 5_000]);
  });

  it("keeps fewer when their parameters are long, and always the last one", () => {
    const log = new RequestLog({ characters: 100 });
    const params = { K: "x".repeat(39) };
    for (let i = 0; i < 5; i += 1) log.open(arrival({ params }));
    expect(log.list()).toHaveLength(2);
    log.open(arrival({ params: { K: "x".repeat(1_000) } }));
    expect(log.list().map(({ seq }) => seq)).toEqual([6]);
  });

  it("counts whatever else may be long, also what comes later", () => {
    const log = new RequestLog({ characters: 100 });
    const long = "x".repeat(45);
    for (let i = 0; i < 5; i += 1) log.open(arrival({ action: "", userAgent: long }));
    expect(log.list()).toHaveLength(2);
    log.clear();
    const entries = [1, 2, 3, 4].map(() => log.open(arrival({ action: "" })));
    for (const entry of entries) log.update(entry, { stringToSign: long });
    expect(log.list().map(({ seq }) => seq)).toEqual([8, 9]);
    log.update(entries[0]!, { canonicalRequest: long });
    expect(log.list()).toHaveLength(2);
  });

  it("lists by action, account, commit and number", () => {
    const log = new RequestLog();
    log.open(arrival({ action: "A", committed: true }));
    log.open(arrival({ action: "B", accountId: "2" }));
    log.open(arrival({ action: "C" }));
    const seqs = (filter: Parameters<RequestLog["list"]>[0]) =>
      log.list(filter).map(({ seq }) => seq);
    expect(seqs({ action: "A" })).toEqual([1]);
    expect(seqs({ action: ["A", "C"] })).toEqual([1, 3]);
    expect(seqs({ accountId: "2" })).toEqual([2]);
    expect(seqs({ committed: false })).toEqual([2, 3]);
    expect(seqs({ afterSeq: 2 })).toEqual([3]);
  });

  it("gives copies, which later changes leave alone", () => {
    const log = new RequestLog();
    const entry = log.open(arrival());
    const [listed] = log.list();
    log.update(entry, { status: 200 });
    expect(listed!.status).toBe(0);
  });

  it("tells who waits as soon as enough match, by arrival or by change", async () => {
    const log = new RequestLog();
    const two = log.wait({ action: "A" }, 2, { closed });
    const done = log.wait({ committed: true }, 1, { closed });
    const entry = log.open(arrival({ action: "A" }));
    log.open(arrival({ action: "A" }));
    expect(await two).toHaveLength(2);
    log.update(entry, { committed: true });
    expect(await done).toMatchObject([{ seq: 1 }]);
    expect(await log.wait({}, 1, { closed })).toHaveLength(2);
  });

  it("tells who waits too long what did come", async () => {
    const log = new RequestLog();
    log.open(arrival());
    await expect(log.wait({}, 2, { closed, timeoutMs: 5 })).rejects.toMatchObject({
      code: "TimedOut",
      message: expect.stringContaining("1 of 2 requests came") as string,
    });
  });

  it("lets nobody wait for a closed emulator", async () => {
    const log = new RequestLog();
    const closing = new AbortController();
    const waiting = log.wait({}, 1, { closed: closing.signal });
    closing.abort(new Error("closed"));
    await expect(waiting).rejects.toThrow("closed");
  });
});

describe("what the log shows of parameters", () => {
  it("hides secrets and keeps the rest", () => {
    expect(
      maskParams({
        WindowsPasswordName: "secret",
        Password: "secret",
        SecurityToken: "secret",
        Signature: "secret",
        CommandContent: "echo",
        Username: "",
      }),
    ).toEqual({
      WindowsPasswordName: "******",
      Password: "******",
      SecurityToken: "******",
      Signature: "******",
      CommandContent: "echo",
      Username: "",
    });
  });
});
