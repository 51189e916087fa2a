import * as pulumi from "@pulumi/pulumi";

/** What Pulumi's engine would see of one resource. */
export type Registered = {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, any>>;
};

/** How the SDK says that a preview does not know a value. */
export const unknown = { __pulumiUnknown: true };

/** A program that ran: what it made, in its order, and what it exports. */
export type Ran<T> = {
  readonly exports: T;
  readonly names: readonly string[];
  readonly named: (name: string) => Registered;
};

/**
 * Runs a program with Pulumi's mocks in the place of the engine. No provider runs: a resource is
 * registered with its inputs, and answered with them. In a preview nothing that is made has an id.
 * Once in a test file, since the SDK keeps what it is connected to.
 */
export async function runProgram<T>(
  program: () => T,
  options: { readonly preview?: boolean } = {},
): Promise<Ran<T>> {
  const registered: Registered[] = [];
  const preview = options.preview === true;
  const mocks: pulumi.runtime.Mocks = {
    newResource: ({ type, name, inputs }) => {
      if (type !== "pulumi:pulumi:Stack") registered.push({ type, name, inputs });
      return { id: preview ? undefined : `${name}-id`, state: inputs };
    },
    call: ({ inputs }) => inputs,
  };
  await pulumi.runtime.setMocks(mocks, "project", "stack", preview, "organization");
  const exports = program();
  // Waits until all of it is registered: what is on its way when a file ends goes on without jest.
  await pulumi.runtime.disconnect();
  const named = (name: string): Registered => {
    const found = registered.find((each) => each.name === name);
    if (found === undefined) throw new Error(`no resource is named ${name}`);
    return found;
  };
  return { exports, named, names: registered.map(({ name }) => name) };
}

/** The value of an output that has one. */
export function valueOf<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => {
    output.apply(resolve);
  });
}

/** Loads a program only now, when the mocks are in place. */
export function load(module: string): () => unknown {
  return () => jest.requireActual(`../../../examples/${module}/index.ts`);
}
