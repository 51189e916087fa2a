import type { ExecOptions } from "../../../../emulator/src/backends/exec/index.js";
import { Bench, temporaryFolder } from "./bench.js";
import { isolationsHere } from "./isolations.js";
import { processesOf } from "./programs.js";

/** Describes the same behaviour on every rung that this machine has; nothing may be left of it. */
export function eachIsolation(
  what: string,
  tests: (bench: () => Bench) => void,
  options: Partial<ExecOptions> = {},
): void {
  describe.each(isolationsHere())(`${what}, %s`, (isolation) => {
    const folder = temporaryFolder();
    let bench: Bench;

    beforeAll(() => {
      bench = new Bench(folder.path, { isolation, ...options });
      bench.boot();
    });

    afterAll(async () => {
      await bench.backend.close();
      expect(processesOf(folder.path)).toEqual([]);
      folder.remove();
    });

    tests(() => bench);
  });
}
