import type { Task } from "../backend.js";
import { keptOutput, nextStreamed, OutputFiles } from "./output.js";

/** The output of one run as the agent sends it: pieces while it runs, the rest at its end. */
export class LiveOutput {
  readonly #files: OutputFiles;
  readonly #isStreamed: boolean;
  #streamed = 0;

  constructor(
    folder: string,
    task: Pick<Task, "repeat">,
    private readonly keepBytes: number,
  ) {
    this.#files = new OutputFiles(folder);
    this.#isStreamed = isStreamed(task);
  }

  /** What was sent so far: all that a run has which is stopped now. */
  sent(): Buffer {
    return this.#files.head(this.#streamed);
  }

  /** Sends the next piece, if there is one. */
  sendNext(): boolean {
    if (!this.#isStreamed) return false;
    const next = nextStreamed(this.#streamed, this.#files.headSize());
    const isMore = next > this.#streamed;
    this.#streamed = next;
    return isMore;
  }

  /** Takes over from an emulator that was killed: it may have sent as much as it could. */
  sendAll(): void {
    while (this.sendNext());
  }

  /** What is kept of the whole, were this its end. */
  kept(): ReturnType<typeof keptOutput> {
    return keptOutput(this.#files, this.#streamed, this.keepBytes);
  }
}

/** Runs of a schedule send their output at the end only. */
function isStreamed({ repeat = "Once" }: Pick<Task, "repeat">): boolean {
  return repeat !== "Period" && repeat !== "Rate" && repeat !== "At";
}
