/** The configuration of the whole pipeline: that of the runtime, of serving models, of calendars, and of each stage. */
import { useOwnCalendars } from "../operators/calendar/calendars.js";
import { calendarSettings, type CalendarSettings } from "./own-calendars.js";
import { readSettings, readSettingsOf, runtimeSettings, type Config, type LocalEndpoints } from "./runtime/config.js";
import { variablesOf, type SettingsDeclaration } from "./runtime/settings.js";
import { servingSettings, type ServingSettings } from "./serving/settings.js";
import type { FeatureSettings } from "./stages/features.js";
import { stages } from "./stages/index.js";
import type { SentimentSettings } from "./stages/sentiment.js";

/** The configuration of the whole pipeline: `Config`, and the settings of serving models, of calendars and of each stage. */
export interface PipelineConfig extends Config, ServingSettings, CalendarSettings, FeatureSettings, SentimentSettings {}

const declarations: readonly SettingsDeclaration[] = [
  servingSettings,
  calendarSettings,
  ...stages.flatMap(({ settings }): SettingsDeclaration[] => (settings ? [settings as SettingsDeclaration] : [])),
];

/** Every variable, with its default and meaning; the table in deploy/OPERATIONS.md is made from it. */
export const variables = variablesOf([runtimeSettings, ...declarations]);

/**
 * Reads the configuration from the environment, checks it and freezes it. From then on the calendars that it names are those
 * of the process.
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
export function readConfig(environment?: NodeJS.ProcessEnv, local?: LocalEndpoints): PipelineConfig {
  const config = readSettings(declarations, environment, local) as PipelineConfig;
  useOwnCalendars(config.calendars);
  return config;
}

/**
 * For what works on files alone and needs nothing else of the configuration.
 *
 * @throws UserError when a calendar that the environment names is wrong
 */
export const useConfiguredCalendars = (environment?: NodeJS.ProcessEnv): void =>
  useOwnCalendars(readSettingsOf(calendarSettings, environment).calendars);
