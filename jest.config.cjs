// Two projects: "source" maps the workspaces to their TypeScript sources; "shipped" looks at what
// is published (the built files under node_modules), as the engine and the captured text do.
const transform = { "^.+\\.ts$": ["ts-jest", { tsconfig: "<rootDir>/tests/tsconfig.json" }] };
const shared = {
  rootDir: __dirname,
  testEnvironment: "node",
  transform,
  setupFiles: ["<rootDir>/tests/support/environment.cjs"],
};
const extra = process.env.CLOUD_ASSISTANT_EXTRA === "1" ? [] : ["<rootDir>/tests/extra/"];

module.exports = {
  reporters: ["default", "<rootDir>/tests/support/closing-line-reporter.cjs"],
  maxWorkers: 2,
  // The first test of a file pays for loading the SDKs, on machines that may be slow.
  testTimeout: 60_000,
  coverageProvider: "v8",
  collectCoverageFrom: ["{api,provider,emulator,policy,engine}/src/**/*.ts"],
  projects: [
    {
      ...shared,
      displayName: "source",
      testMatch: ["<rootDir>/tests/**/*.test.ts"],
      testPathIgnorePatterns: [
        "/node_modules/",
        "<rootDir>/tests/(closure|engine|examples)/",
        ...extra,
      ],
      modulePathIgnorePatterns: ["<rootDir>/.*/dist/"],
      moduleNameMapper: {
        "^(\\.{1,2}/.*)\\.js$": "$1",
        "^cloud-assistant-api$": "<rootDir>/api/src/index.ts",
        "^cloud-assistant-emulator$": "<rootDir>/emulator/src/index.ts",
        "^cloud-assistant-engine$": "<rootDir>/engine/src/index.ts",
        "^pulumi-cloud-assistant$": "<rootDir>/provider/src/index.ts",
        "^pulumi-cloud-assistant/(runtime|names)$": "<rootDir>/provider/src/$1.ts",
        "^pulumi-cloud-assistant/schedule$": "<rootDir>/provider/src/schedule/index.ts",
      },
    },
    {
      ...shared,
      displayName: "shipped",
      testMatch: ["<rootDir>/tests/(closure|engine|examples)/**/*.test.ts"],
      testPathIgnorePatterns: ["/node_modules/", ...extra],
      // Relative imports inside tests end in .js, as everywhere; here only those are mapped.
      moduleNameMapper: { "^(\\.{1,2}/(?:support/|\\.\\./support/)?[^/]+)\\.js$": "$1" },
    },
  ],
};
