import { textOf } from "./support/bench.js";
import { eachIsolation } from "./support/each-isolation.js";

jest.setTimeout(60_000);

eachIsolation(
  "limits",
  (bench) => {
    test("a file grows no further than it may", async () => {
      const report = await bench().run(
        'head -c 3000000 /dev/zero > "$HOME/big"; echo "$?"; wc -c < "$HOME/big"',
      );
      expect(textOf(report)).toMatch(/153\n1048576\n$/);
    });

    test("a process uses no more of the processor than it may", async () => {
      const report = await bench().run("sh -c 'while :; do :; done'; echo $?");
      expect(textOf(report)).toMatch(/(137|152)\n$/);
    });

    test("an instance has no more processes than it may, where they can be counted", async () => {
      const report = await bench().run(
        'i=0; while [ $i -lt 60 ]; do sleep 0.3 & i=$((i+1)); done; echo made "$i"',
      );
      if (bench().countsProcesses) expect(textOf(report)).toMatch(/fork/i);
      else expect(textOf(report)).toBe("made 60\n");
    });
  },
  { limits: { fileBytes: 1_048_576, cpuSeconds: 1, processes: 40 } },
);

eachIsolation("limits by default", (bench) => {
  test("a command sees room enough", async () => {
    const report = await bench().run("ulimit -n; ulimit -f");
    const [files, blocks] = textOf(report).split("\n").map(Number);
    expect(files).toBeGreaterThanOrEqual(1_024);
    expect(blocks).toBe(8 * 2 * 1_048_576);
  });
});
