/** The configuration of the whole pipeline: that of the runtime, of serving models, and of each stage. */
import { readSettings, runtimeSettings, type Config, type LocalEndpoints } from "./runtime/config.js";
import { variablesOf, type SettingsDeclaration } from "./runtime/settings.js";
import { servingSettings, type ServingSettings } from "./serving/settings.js";
import type { FeatureSettings } from "./stages/features.js";
import { stages } from "./stages/index.js";
import type { SentimentSettings } from "./stages/sentiment.js";

export interface PipelineConfig extends Config, ServingSettings, FeatureSettings, SentimentSettings {}

const declarations: readonly SettingsDeclaration[] = [
  servingSettings,
  ...stages.flatMap(({ settings }): SettingsDeclaration[] => (settings ? [settings as SettingsDeclaration] : [])),
];

/** Every variable, with its default and meaning; the README's table is compared with this by a test. */
export const variables = variablesOf([runtimeSettings, ...declarations]);

/**
 * @param environment default: that of the process
 * @param local endpoints of the local stack, where one runs
 * @throws UserError naming every variable that is wrong
 */
export const readConfig = (environment?: NodeJS.ProcessEnv, local?: LocalEndpoints): PipelineConfig =>
  readSettings(declarations, environment, local) as PipelineConfig;
