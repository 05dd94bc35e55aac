/** Models as the records name them: loaded by name, version and hash, and picked as they were picked then. */
import { join } from "node:path";
import { loadModel, type ServedModel } from "../../../models/runtime/load-model.js";
import { routersBy } from "../../../models/runtime/routers.js";
import type { ModelRouters, Routed } from "../../../models/runtime/types.js";
import { isModelTask, type ModelTask } from "../../../models/tasks.js";
import type { ModelReference, ModelVersion } from "../../../schemas/generated/types.js";
import { messageOf, UserError } from "../../runtime/errors.js";
import type { ServingSettings } from "../../serving/settings.js";
import type { Choice } from "./recorded-choices.js";

const keyOf = ({ name, version }: Pick<ModelReference, "name" | "version">): string => `${name}@${version}`;

export class RecordedModels {
  readonly #loaded = new Map<string, Promise<ServedModel>>();
  readonly #choices = new Map<string, Routed<ServedModel>>();
  readonly #faults = new Map<string, string>();

  /**
   * @param versions those in the registry
   * @param instead models to be used instead of those recorded, by their task
   */
  constructor(
    private readonly config: ServingSettings,
    private readonly versions: readonly ModelVersion[],
    private readonly instead: ReadonlyMap<ModelTask, ModelVersion> = new Map(),
  ) {}

  /** Models that could not be loaded, and why. */
  get faults(): ReadonlyMap<string, string> {
    return this.#faults;
  }

  readonly routers: ModelRouters<ModelTask> = routersBy((task) => ({
    task,
    // What was chosen for a task is a model of that task.
    pick: (symbol) => (this.#choices.get(`${task}/${symbol}`) ?? { arm: "none", model: undefined }) as Routed<never>,
  }));

  /** Whether the choice is that which is in force for its symbol, or none is. */
  agrees(choices: readonly Choice[]): boolean {
    return choices.every((choice) => {
      const known = this.#choices.get(`${choice.task}/${choice.symbol}`);
      return (
        known === undefined ||
        (known.arm === choice.arm &&
          (known.rulesAlone ?? false) === (choice.rulesAlone ?? false) &&
          sameModel(known.model?.model, this.#wanted(choice)))
      );
    });
  }

  /** Puts the choices in force. @returns why one cannot be; undefined when all are */
  async choose(choices: readonly Choice[]): Promise<string | undefined> {
    for (const choice of choices) {
      const wanted = this.#wanted(choice);
      let model: ServedModel | undefined;
      if (wanted) {
        const fault = this.#faults.get(keyOf(wanted));
        if (fault !== undefined) return fault;
        try {
          model = await this.#load(wanted);
        } catch (error) {
          const message = `${keyOf(wanted)} cannot be loaded: ${messageOf(error)}`;
          this.#faults.set(keyOf(wanted), message);
          return message;
        }
      }
      this.#choices.set(`${choice.task}/${choice.symbol}`, {
        arm: choice.arm,
        model,
        rulesAlone: choice.rulesAlone ?? false,
      });
    }
    return undefined;
  }

  /** Forgets who served whom: the next batch may have been served by others. */
  forget(): void {
    this.#choices.clear();
  }

  async close(): Promise<void> {
    for (const loading of this.#loaded.values()) {
      const model = await loading.catch(() => undefined);
      await model?.close();
    }
  }

  #wanted({ task, model }: Choice): ModelReference | null {
    return model && (this.instead.get(task) ?? model);
  }

  #load(wanted: ModelReference): Promise<ServedModel> {
    const key = `${keyOf(wanted)} ${wanted.sha256}`;
    const known = this.#loaded.get(key);
    if (known) return known;
    const loading = this.#open(wanted);
    this.#loaded.set(key, loading);
    return loading;
  }

  async #open({ name, version, sha256 }: ModelReference): Promise<ServedModel> {
    const found = this.versions.find((candidate) => candidate.name === name && candidate.version === version);
    if (!found) throw new UserError(`the registry does not know ${name}@${version}`);
    const { task, path } = found;
    if (!isModelTask(task))
      throw new UserError(`${name}@${version} is for ${task}, a task that this build does not have`);
    return loadModel(task, join(this.config.artifactDirectory, path), { sha256, workers: this.config.workers });
  }
}

const sameModel = (one: ModelReference | undefined, other: ModelReference | null): boolean =>
  one?.name === other?.name && one?.version === other?.version && one?.sha256 === other?.sha256;
