import { z } from "zod";

/** Environment variables by name, each with its default and, in `describe`, its meaning. */
export type Variables = Readonly<Record<string, z.ZodType>>;

/** What a part of the pipeline declares of the configuration: variables of its own, and the settings that they come to. */
export interface SettingsDeclaration<Settings extends object = object> {
  readonly variables: Variables;
  /** Under the names that the code uses. */
  readonly settings: (values: never) => Settings;
}

/** Types the values by their variables. */
export const declareSettings = <Declared extends Variables, Settings extends object>(
  variables: Declared,
  settings: (values: z.output<z.ZodObject<Declared>>) => Settings,
): SettingsDeclaration<Settings> => ({ variables, settings });

/** @throws Error for a variable that two of them declare */
export function variablesOf(declarations: readonly SettingsDeclaration[]): Variables {
  const all: Record<string, z.ZodType> = {};
  for (const { variables } of declarations) {
    for (const [name, schema] of Object.entries(variables)) {
      if (Object.hasOwn(all, name)) throw new Error(`two parts of the pipeline declare the variable ${name}`);
      all[name] = schema;
    }
  }
  return all;
}

/** Parts of variables that several declarations use. */
export const flag = z.enum(["true", "false"]).transform((value) => value === "true");
export const count = z.coerce.number().int();
/** Comma-separated names. */
export const names = (byDefault: string) =>
  z
    .string()
    .default(byDefault)
    .transform((text) => text.split(",").map((name) => name.trim()));
