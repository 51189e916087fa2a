export { automationEngine, type AutomationEngineOptions } from "./automation-engine.js";
export { EngineError, type EngineErrorCode } from "./engine-error.js";
export { ENGINE_WAYS, type Engine, type EngineWay } from "./engine.js";
export { ensureEngine, type EnsureEngineOptions } from "./ensure-engine.js";
export { backendFolder, pulumiEnvironment, type PulumiPlace } from "./pulumi-environment.js";
export { runPulumi, type RunPulumiOptions } from "./run-pulumi.js";
export { cacheFolder } from "./settings.js";
export { signalExitCode } from "./run-tool.js";
