import { schemaText, subjectOf } from "../../runtime/codec.js";
import { desiredTopics } from "../topics/plan.js";
import { error, orOk, warning, type Check, type Finding } from "./check.js";

type Fault = "unregistered" | "incompatible" | "rule";

export const schemas: Check = {
  name: "schemas",
  looksAt: "schemas: registered, compatible, under the right compatibility rule",
  needs: ["registry"],
  async run({ config, parts, subjects }) {
    const wanted = desiredTopics(config, parts).flatMap(({ name, schema }) => (schema ? [{ name, schema }] : []));
    const faults = await Promise.all(
      wanted.map(async ({ name, schema }): Promise<{ subject: string; fault: Fault } | undefined> => {
        const subject = subjectOf(name);
        const text = schemaText(schema.file);
        if (!(await subjects.isRegistered(subject, text)))
          return { subject, fault: (await subjects.isCompatible(subject, text)) ? "unregistered" : "incompatible" };
        return (await subjects.compatibility(subject)) === schema.compatibility
          ? undefined
          : { subject, fault: "rule" };
      }),
    );
    const having = (fault: Fault): string[] =>
      faults.flatMap((found) => (found?.fault === fault ? [found.subject] : []));
    return orOk(findingsOf(having), `all ${wanted.length} schemas are registered`);
  },
};

function findingsOf(having: (fault: Fault) => string[]): Finding[] {
  const [unregistered, incompatible, rule] = [having("unregistered"), having("incompatible"), having("rule")];
  return [
    ...(unregistered.length > 0
      ? [
          error(
            `this build's schemas are not registered as ${unregistered.join(", ")}`,
            "Whoever writes or reads these topics does not start.",
            "newstape topics apply",
          ),
        ]
      : []),
    ...(incompatible.length > 0
      ? [
          error(
            `this build's schemas are not compatible with those registered as ${incompatible.join(", ")}`,
            "A later or another build has registered schemas that these cannot stand beside.",
            "Use the build that registered them, or make the schemas compatible: new fields need defaults.",
          ),
        ]
      : []),
    ...(rule.length > 0
      ? [
          warning(
            `the compatibility rule is not the catalogue's for ${rule.join(", ")}`,
            "A schema that breaks its readers could be registered.",
            "newstape topics apply",
          ),
        ]
      : []),
  ];
}
