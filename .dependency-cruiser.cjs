// The arrows of docs/architecture.md, as rules. Run after a build: packages see each other through dist.
const inner = (folder) => `^provider/src/${folder}/`;
const order = [
  "resources",
  "shells",
  "cli",
  "lifecycle",
  "invoke",
  "watch",
  "result",
  "client",
  "check",
  "plan",
  "schedule",
];

module.exports = {
  forbidden: [
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    {
      name: "provider-stands-alone",
      comment: "The provider knows the vocabulary (api) and nothing else of this repository.",
      severity: "error",
      from: { path: "^provider/" },
      to: { path: "^(emulator|policy|engine|scripts|examples|tests)/" },
    },
    {
      name: "emulator-sees-only-api",
      comment: "Shared behaviour would put the same mistake on both sides of every test.",
      severity: "error",
      from: { path: "^emulator/" },
      to: { path: "^(provider|policy|engine|scripts|examples|tests)/" },
    },
    {
      name: "api-imports-nothing",
      severity: "error",
      from: { path: "^api/" },
      to: { pathNot: "^api/src/" },
    },
    {
      name: "engine-knows-nothing-here",
      severity: "error",
      from: { path: "^engine/" },
      to: { path: "^(api|provider|emulator|policy|scripts|examples|tests)/" },
    },
    {
      name: "policy-sees-only-names-and-schedule",
      severity: "error",
      from: { path: "^policy/" },
      to: { path: "^provider/", pathNot: "^provider/(src|dist)/(names\\.|schedule/index\\.)" },
    },
    {
      name: "pure-core-no-node",
      comment:
        "check, plan, schedule and result decide; they touch no world and no package but luxon in schedule.",
      severity: "error",
      from: { path: "^provider/src/(check|plan|schedule|result)/" },
      to: {
        dependencyTypes: ["core", "npm"],
        pathNot: "^(node_modules/luxon/|api/)|node_modules/cloud-assistant-api",
      },
    },
    {
      name: "luxon-only-in-schedule",
      severity: "error",
      from: { path: "^provider/src/", pathNot: "^provider/src/schedule/" },
      to: { path: "node_modules/luxon" },
    },
    {
      name: "pulumi-only-in-resources-and-shells",
      severity: "error",
      from: {
        path: "^provider/src/",
        pathNot: "^provider/src/(resources|shells)/|^provider/src/index\\.",
      },
      to: { path: "node_modules/@pulumi/" },
    },
    {
      name: "alicloud-only-in-client",
      severity: "error",
      from: { path: "^provider/src/", pathNot: "^provider/src/client/" },
      to: { path: "node_modules/@(alicloud|darabonba)/" },
    },
    {
      name: "resources-import-types-only",
      comment: "A value import from below would be captured into every state file.",
      severity: "error",
      from: { path: inner("resources") },
      to: {
        path: "^provider/src/(lifecycle|check|plan|schedule|invoke|watch|result|client|shells|cli)/",
        dependencyTypesNot: ["type-only"],
      },
    },
    // Inside the provider only downwards. client, check, plan stand below result in that order.
    ...order.slice(3).map((folder, i) => ({
      name: `downwards-from-${folder}`,
      severity: "error",
      from: { path: inner(folder) },
      to: { path: `^provider/src/(${order.slice(0, 3 + i).join("|")})/|^provider/src/runtime\\.` },
    })),
    {
      name: "kebab-case",
      severity: "error",
      from: {
        path: "^(api|provider|emulator|policy|engine|scripts)/src/",
        pathNot: "^[a-z0-9./-]+$|^emulator/src/(actions|validations)/",
      },
      to: {},
    },
    {
      name: "no-orphans",
      severity: "error",
      from: { orphan: true, path: "/src/", pathNot: "/src/cli\\.ts$|\\.d\\.ts$" },
      to: {},
    },
  ],
  options: {
    tsPreCompilationDeps: "specify",
    tsConfig: { fileName: "tsconfig.base.json" },
    doNotFollow: { path: "node_modules|(^|/)dist/" },
    enhancedResolveOptions: { exportsFields: ["exports"], extensions: [".ts", ".js", ".d.ts"] },
  },
};
