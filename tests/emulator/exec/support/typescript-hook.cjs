// Lets plain Node run this repository's sources: `node --require typescript-hook.cjs program.ts`.
// A process that is going to be killed cannot be a jest worker.
const { existsSync, readFileSync } = require("node:fs");
const Module = require("node:module");
const { join } = require("node:path");
const typescript = require("typescript");

const root = join(__dirname, "../../../..");
const resolve = Module._resolveFilename;

Module._resolveFilename = function (request, parent, ...rest) {
  if (request === "cloud-assistant-api") return join(root, "api/src/index.ts");
  if (request.startsWith(".") && request.endsWith(".js") && parent?.filename?.endsWith(".ts")) {
    const source = join(parent.path, request.replace(/\.js$/, ".ts"));
    if (existsSync(source)) return source;
  }
  return resolve.call(this, request, parent, ...rest);
};

require.extensions[".ts"] = (module, filename) => {
  const { outputText } = typescript.transpileModule(readFileSync(filename, "utf8"), {
    compilerOptions: { module: "commonjs", target: "es2022", esModuleInterop: true },
  });
  module._compile(outputText, filename);
};
