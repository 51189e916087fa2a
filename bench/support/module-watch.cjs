// Loaded by NODE_OPTIONS into every node process of a run: writes down each package that a process
// loads, one JSON line a package, into the file that BENCH_MODULES names.
const { appendFileSync } = require("node:fs");
const Module = require("node:module");

const file = process.env.BENCH_MODULES;
const seen = new Set();
const resolve = Module._resolveFilename;
Module._resolveFilename = function (...args) {
  const found = resolve.apply(this, args);
  const text = String(found).replaceAll("\\", "/");
  const name = /\/node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*\/node_modules\/)/.exec(text)?.[1];
  const own = /\/provider\/dist\/([\w/-]+)\.js$/.exec(text)?.[1];
  const key = own === undefined ? name : `provider:${own}`;
  if (file !== undefined && key !== undefined && !seen.has(key)) {
    seen.add(key);
    appendFileSync(file, `${JSON.stringify({ pid: process.pid, loaded: key })}\n`);
  }
  return found;
};
