import type { Isolation } from "../../../emulator/src/backends/exec/options.js";
import { pause } from "../../../emulator/src/backends/exec/kill.js";
import { temporaryFolder } from "./support/bench.js";
import { isolationsHere } from "./support/isolations.js";
import { OtherProcess, toWire } from "./support/other-process.js";
import { processesOf } from "./support/programs.js";
import { taskWith } from "./support/tasks.js";

jest.setTimeout(60_000);

/** Most of it is waiting, so each rung waits at the same time as the others. */
const stages = isolationsHere().map((isolation) => ({ isolation, played: abandon(isolation) }));

test.each(stages)(
  "after a kill without a restart nothing stays once the last command has ended, $isolation",
  async ({ played }) => {
    expect(await played).toEqual({ stoodWhileTheCommandRan: true });
  },
);

async function abandon(
  isolation: Isolation,
): Promise<{ readonly stoodWhileTheCommandRan: boolean }> {
  const folder = temporaryFolder();
  const emulator = new OtherProcess(folder.path, isolation, 1);
  await emulator.said("ready");
  emulator.tell({ do: "boot", instanceId: "i-lab0001" });
  const short = taskWith("echo short");
  const long = taskWith("echo long; sleep 7");
  emulator.tell({ do: "deliver", tasks: [short, long].map(toWire) });
  await emulator.final(short);
  await emulator.until(() => emulator.reportsOf(long).find(({ kind }) => kind === "output"));
  await emulator.kill();
  const has = (word: string): boolean =>
    processesOf(folder.path).some((line) => line.includes(word));
  let stoodWhileTheCommandRan = has("run.sh");
  // The looks that an instance with nothing inside ends after pass while the command runs.
  while (has("run.sh")) {
    stoodWhileTheCommandRan &&= isolation === "plain" || has("init.sh");
    await pause(100);
  }
  while (processesOf(folder.path).length > 0) await pause(100);
  folder.remove();
  return { stoodWhileTheCommandRan };
}
