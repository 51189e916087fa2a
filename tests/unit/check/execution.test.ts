import { bat, type Case, refusals } from "./support/inputs.js";

const cases: readonly Case[] = [
  [
    "an empty working directory",
    { workingDir: "" },
    [
      'workingDir: is empty. Given: "". Allowed: a directory that exists on the machines. What to do: give it a value, or leave it out.',
    ],
  ],
  [
    "a working directory of 201 characters",
    { workingDir: "/" + "d".repeat(200) },
    [
      'workingDir: is 201 characters long. Given: "/dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd… (123 more characters). Allowed: at most 200 characters. What to do: write a shorter one.',
    ],
  ],
  [
    "a working directory with a line break",
    { workingDir: "/srv\n" },
    [
      'workingDir: begins or ends with white space. Given: "/srv\\n". Allowed: no white space around it. What to do: take the white space out.',
    ],
  ],
  [
    "an empty launcher",
    { launcher: " " },
    [
      'launcher: is empty. Given: " ". Allowed: a program that starts the script, for example python3 -u {{ACS::ScriptFileName|Ext(".py")}}. What to do: give it a value, or leave it out.',
    ],
  ],
  [
    "a launcher of 1,025 bytes",
    { launcher: "é".repeat(512) + "x" },
    [
      'launcher: is 1025 bytes long. Given: "ééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééé… (435 more characters). Allowed: at most 1024 bytes. What to do: write a shorter one.',
    ],
  ],
  [
    "a timeout below 10",
    { timeout: 9 },
    [
      "timeout: is below 10. Given: 9. Allowed: a whole number of seconds, 10 or more. What to do: write 10 or more; the service silently makes 10 of anything less.",
    ],
  ],
  [
    "a timeout of zero",
    { timeout: 0 },
    [
      "timeout: is below 10. Given: 0. Allowed: a whole number of seconds, 10 or more. What to do: write 10 or more; the service silently makes 10 of anything less.",
    ],
  ],
  [
    "a timeout as text",
    { timeout: "60" },
    [
      'timeout: is not a number. Given: "60". Allowed: a whole number of seconds, 10 or more. What to do: write a whole number of seconds, 10 or more, without quotes.',
    ],
  ],
  [
    "a fractional timeout",
    { timeout: 10.5 },
    [
      "timeout: is not a whole number. Given: 10.5. Allowed: a whole number of seconds, 10 or more. What to do: write 10 or more.",
    ],
  ],
  [
    "a container without id or name",
    { container: {} },
    [
      "container: names no container. Given: {}. Allowed: { id }, { name } or both. What to do: write the id or the name of a container, or take container out.",
    ],
  ],
  [
    "a short container id",
    { container: { id: "ab141ddfbacf" } },
    [
      'container.id: is not of the form that is needed. Given: "ab141ddfbacf". Allowed: 64 of 0-9 and a-f, with docker://, containerd:// or cri-o:// before it or not. What to do: write the full id (docker ps --no-trunc shows it).',
    ],
  ],
  [
    "a container id with an unknown runtime",
    { container: { id: "podman://" + "a".repeat(64) } },
    [
      'container.id: is not of the form that is needed. Given: "podman://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa". Allowed: 64 of 0-9 and a-f, with docker://, containerd:// or cri-o:// before it or not. What to do: write the full id (docker ps --no-trunc shows it).',
    ],
  ],
  [
    "a container name with a slash",
    { container: { name: "/web" } },
    [
      'container.name: is not of the form that is needed. Given: "/web". Allowed: letters, digits, . _ and -, beginning with a letter or a digit. What to do: write the name as the runtime shows it.',
    ],
  ],
  [
    "a container name of 256 characters",
    { container: { name: "c".repeat(256) } },
    [
      'container.name: is 256 characters long. Given: "ccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc… (178 more characters). Allowed: at most 255 characters. What to do: write a shorter one.',
    ],
  ],
  [
    "a container for a command on Windows",
    { script: bat, container: { name: "web" } },
    [
      'container: is given, but the command is a RunBatScript. Given: { "name": "web" }. Allowed: with RunShellScript only. What to do: take container out, or run a shell script.',
    ],
  ],
  [
    "a container as text",
    { container: "web" },
    [
      'container: is not a map. Given: "web". Allowed: { id?, name? }. What to do: write a map, in curly brackets.',
    ],
  ],
  [
    "a wrong name inside container",
    { container: { containerName: "web", id: "a".repeat(64) } },
    [
      'container.containerName: is not a known input. Given: "web". Allowed: id, name. What to do: write container.name.',
    ],
  ],
  [
    "an unknown termination mode",
    { terminationMode: "processtree" },
    [
      'terminationMode: is not a known value. Given: "processtree". Allowed: "Process", "ProcessTree". What to do: write "ProcessTree".',
    ],
  ],
  [
    "an output delivery without a bucket's scheme",
    { ossOutputDelivery: "logs/runs" },
    [
      'ossOutputDelivery: is not of the form that is needed. Given: "logs/runs". Allowed: oss://bucket/prefix. What to do: write the bucket\'s name and a prefix behind oss://.',
    ],
  ],
  [
    "an output delivery without a prefix",
    { ossOutputDelivery: "oss://logs" },
    [
      'ossOutputDelivery: is not of the form that is needed. Given: "oss://logs". Allowed: oss://bucket/prefix. What to do: write the bucket\'s name and a prefix behind oss://.',
    ],
  ],
];

describe("How it is run", () => {
  test.each(cases)(
    "%s: refused with its path and four parts",
    (...[, change, messages, context]: Case) => {
      expect(refusals(change, context)).toEqual(messages);
    },
  );
});
