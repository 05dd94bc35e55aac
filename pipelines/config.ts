/** The configuration of the whole pipeline: that of the runtime, of serving models, and of each stage. */
import { readSettings, runtimeSettings, type Config, type LocalEndpoints } from "./runtime/config.js";
import { variablesOf, type SettingsDeclaration } from "./runtime/settings.js";
import { servingSettings, type ServingSettings } from "./serving/settings.js";
import type { FeatureSettings } from "./stages/features.js";
import { stages } from "./stages/index.js";
import type { SentimentSettings } from "./stages/sentiment.js";

/** The configuration of the whole pipeline: `Config`, and the settings of serving models and of each stage. */
export interface PipelineConfig extends Config, ServingSettings, FeatureSettings, SentimentSettings {}

const declarations: readonly SettingsDeclaration[] = [
  servingSettings,
  ...stages.flatMap(({ settings }): SettingsDeclaration[] => (settings ? [settings as SettingsDeclaration] : [])),
];

/** Every variable, with its default and meaning; the table in deploy/OPERATIONS.md is made from it. */
export const variables = variablesOf([runtimeSettings, ...declarations]);

/**
 * Reads the configuration from the environment, checks it and freezes it.
 *
 * @param environment default: that of the process
 * @param local endpoints of the local stack, where one runs
 * @throws UserError naming every variable that is wrong
 * @example
 * ```ts
 * import { readConfig, UserError } from "newstape";
 *
 * console.log(readConfig({ NEWSTAPE_PARTITIONS: "12" }).partitions); // 12
 * try {
 *   readConfig({ NEWSTAPE_PARTITIONS: "none" });
 * } catch (error) {
 *   console.log(error instanceof UserError); // true
 * }
 * ```
 */
export const readConfig = (environment?: NodeJS.ProcessEnv, local?: LocalEndpoints): PipelineConfig =>
  readSettings(declarations, environment, local) as PipelineConfig;
