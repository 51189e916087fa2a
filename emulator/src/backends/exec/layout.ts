import { join } from "node:path";
import type { TaskKey } from "../backend.js";

/** Where things are on the host. Everything of a backend is below one folder. */
export type Layout = {
  readonly folder: string;
  /** Shell texts that are the same for every instance. */
  readonly tools: string;
  /** The programs that stand in for those which would stop the host. */
  readonly bin: string;
  /** Empty files that wrappers and instances make to be noticed. */
  readonly doorbells: string;
  readonly instances: string;
  readonly tasks: string;
};

/** The folder of one instance. */
export type Home = {
  readonly folder: string;
  /** What the instance keeps over a cold start: /root there. */
  readonly root: string;
  /** What the agent keeps: its script files. */
  readonly agent: string;
  readonly scripts: string;
  /** What a cold start throws away. */
  readonly volatile: string;
  readonly tmp: string;
};

export function layoutOf(folder: string): Layout {
  return {
    folder,
    tools: join(folder, "tools"),
    bin: join(folder, "tools", "bin"),
    doorbells: join(folder, "doorbells"),
    instances: join(folder, "instances"),
    tasks: join(folder, "tasks"),
  };
}

export function homeOf(layout: Layout, instanceId: string): Home {
  const folder = join(layout.instances, safeName(instanceId));
  const volatile = join(folder, "volatile");
  const agent = join(folder, "agent");
  return {
    ...{ folder, volatile, agent },
    root: join(folder, "root"),
    scripts: join(agent, "work", "script"),
    tmp: join(volatile, "tmp"),
  };
}

/** The name of a task's folder and doorbell, one for each key. */
export function taskName(key: TaskKey): string {
  return `${safeName(key.instanceId)},${safeName(key.invokeId)},${key.run}`;
}

/** An id as one file name: ids come from seed files, and `..` must not lead anywhere. */
export function safeName(id: string): string {
  const encoded = encodeURIComponent(id).replace(/[!'()*~]/g, percent);
  // A percent sign alone is what no other id becomes.
  if (encoded === "") return "%";
  return encoded.startsWith(".") ? `%2E${encoded.slice(1)}` : encoded;
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
