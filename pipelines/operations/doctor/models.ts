import { finbertArm } from "../../../models/registry/finbert-flag.js";
import { join } from "node:path";
import { checkArtifact } from "../../../models/runtime/artifact.js";
import { modelTasks, rulesOf, type ModelTask } from "../../../models/tasks.js";
import { featureSetsByName } from "../../../operators/features/feature-sets.js";
import type { ModelVersion, Route } from "../../../schemas/generated/types.js";
import { messageOf } from "../../runtime/errors.js";
import { readRegistry } from "../../serving/read-registry.js";
import { featureSetFindings, featureSetSummary } from "./feature-sets.js";
import { error, orOk, warning, type Check, type Finding } from "./check.js";

const register = "newstape models register";

export interface RegistryState {
  readonly routes: readonly Route[];
  readonly models: readonly ModelVersion[];
}

/** @param tasks those that a stage of the pipeline uses */
export function routeFindings({ routes, models }: RegistryState, tasks: readonly string[]): Finding[] {
  const known = new Set(models.map(({ name, version }) => `${name}@${version}`));
  return tasks.flatMap((task): Finding[] => {
    const route = routes.find((candidate) => candidate.task === task);
    if (!route) return [error(`no model serves the task ${task}`, "The stages that use it do not start.", register)];
    const missing = route.arms.filter(({ model }) => !known.has(model) && model !== rulesOf(task));
    return [
      ...missing.map(({ arm, model }) =>
        error(
          `the route of ${task} names ${model} (${arm}), which is not registered`,
          "The symbols of that arm get no score of the model.",
          register,
        ),
      ),
      ...(route.arms.some(({ arm, share }) => arm === "champion" && share > 0) || isFinbertFlag(route)
        ? []
        : [
            warning(
              `the route of ${task} has no champion`,
              "Every symbol is served by an arm of an experiment.",
              register,
            ),
          ]),
    ];
  });
}

export const models: Check = {
  name: "models",
  looksAt: "models: routes, artefact files and their hashes, feature sets, what waits to be published",
  needs: ["kafka", "registry"],
  async run({ config, kafka, admin, names, parts }) {
    if (!(await admin.listTopics()).includes(names.topic("models.registry")))
      return [
        error(
          "the topic of the registry is missing",
          "No stage that uses a model starts.",
          `newstape topics apply && ${register}`,
        ),
      ];
    const state = await readRegistry({ config, kafka, admin });
    const tasks = modelTasks.filter((task) => parts.some((part) => part.models.includes(task)));
    const routed = new Set(state.routes.flatMap(({ arms }) => arms.map(({ model }) => model)));
    const inUse = state.models.filter(({ name, version }) => routed.has(`${name}@${version}`));
    const artefacts = await Promise.all(
      inUse.map(async ({ name, version, task, path, sha256 }): Promise<Finding[]> => {
        try {
          await checkArtifact(join(config.artifactDirectory, path), [task as ModelTask], { sha256 });
          return [];
        } catch (fault) {
          return [
            error(
              `the artefact of ${name}@${version} in ${path} is not what was registered: ${messageOf(fault)}`,
              "A process that starts refuses it; those that run keep the model that they have loaded.",
              `Restore the files below ${config.artifactDirectory} (git checkout, or the place that NEWSTAPE_ARTIFACTS names).`,
            ),
          ];
        }
      }),
    );
    const served = featureSetsByName(config.featureSets);
    return orOk(
      [...routeFindings(state, tasks), ...artefacts.flat(), ...featureSetFindings(inUse, state.models, served)],
      `${inUse.length} models serve ${tasks.join(", ")}; their files are those registered; ${featureSetSummary(inUse, served)}`,
    );
  },
};

export const outbox: Check = {
  name: "outbox",
  looksAt: "changes of the model registry that wait to be published",
  needs: ["database"],
  async run({ database }) {
    const [relation] = await database.query<{ found: string | null }>("SELECT to_regclass('registry_outbox') AS found");
    if (!relation?.found)
      return [error("there is no table registry_outbox", "See the check of the tables.", "newstape migrate")];
    const [waiting] = await database.query<{ count: string }>(
      "SELECT count(*) FROM registry_outbox WHERE published_at IS NULL",
    );
    const count = Number(waiting?.count ?? 0);
    const findings =
      count > 0
        ? [
            warning(
              `${count} changes of models or routes are not published`,
              "The stages go on with the models of before: no process runs `registry`.",
              `newstape run registry, or ${register}`,
            ),
          ]
        : [];
    return orOk(findings, "everything is published");
  },
};

/** Arms of the switch between VADER and a transformer have names of their own, and either may have all symbols. */
const isFinbertFlag = ({ arms }: Route): boolean => arms.some(({ arm }) => arm === finbertArm);
