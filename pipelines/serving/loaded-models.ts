import type { ServedModel } from "../../models/runtime/load-model.js";
import type { ModelVersion } from "../../schemas/generated/types.js";
import type { Logger } from "../runtime/logger.js";

/** How long a replaced model is kept for batches that have picked it already. */
const lingerMs = 60_000;

interface Loaded {
  readonly sha256: string;
  readonly model: ServedModel;
}

/** The models that are loaded, by name@version; one that is no longer wanted is closed when no batch can still hold it. */
export class LoadedModels {
  readonly #loaded = new Map<string, Loaded>();

  /** @param load from the artefact */
  constructor(
    private readonly load: (version: ModelVersion) => Promise<ServedModel>,
    private readonly logger: Pick<Logger, "info">,
    private readonly keptForMs = lingerMs,
  ) {}

  get(key: string): ServedModel | undefined {
    return this.#loaded.get(key)?.model;
  }

  /**
   * Loads what is wanted and not loaded; drops what is no longer wanted.
   *
   * @throws whatever loading does, with the models of before in place
   */
  async follow(wanted: readonly ModelVersion[]): Promise<void> {
    const versions = new Map(wanted.map((version) => [`${version.name}@${version.version}`, version]));
    for (const [key, version] of versions) {
      const replaced = this.#loaded.get(key);
      if (replaced?.sha256 === version.sha256) continue;
      this.#loaded.set(key, { sha256: version.sha256, model: await this.load(version) });
      this.logger.info({ model: key, sha256: version.sha256, task: version.task }, "model loaded");
      if (replaced) this.#retire(replaced);
    }
    for (const [key, dropped] of this.#loaded) {
      if (versions.has(key)) continue;
      this.#loaded.delete(key);
      this.logger.info({ model: key }, "model retired");
      this.#retire(dropped);
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#loaded.values()].map(({ model }) => model.close()));
  }

  #retire({ model }: Loaded): void {
    setTimeout(() => void model.close(), this.keptForMs).unref();
  }
}
