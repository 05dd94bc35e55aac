/**
 * The model registry in PostgreSQL, the truth behind `models.registry`. Every change takes the key's next revision under
 * its row lock and writes the record to an outbox in the same transaction: what is in the table will be on the topic.
 */
import type { RegistryRecord, Route, RouteArm } from "../../schemas/generated/types.js";
import type { Queryable, Transactional } from "./query.js";

/** What `model.json` tells; further fields are kept in the card. */
export interface RegisteredCard {
  readonly name: string;
  readonly version: string;
  readonly task: string;
  readonly sha256: string;
  readonly featureSet?: string | undefined;
  readonly metrics?: unknown;
  readonly featureImportance?: unknown;
  readonly hyperparameters?: unknown;
  readonly trainingSamples?: number | undefined;
}

/** The same name and version with other content: a version never changes. */
export class ModelConflictError extends Error {
  override readonly name = "ModelConflictError";
}

export class RegistryStore {
  constructor(private readonly database: Transactional) {}

  /**
   * Registers a model version; one that is known already, with the same hash, stays as it is.
   *
   * @param path directory of the artefact, relative to the artefact root
   * @returns whether it was new
   * @throws ModelConflictError when the version is known with another hash
   */
  async registerModel(card: RegisteredCard, path: string): Promise<boolean> {
    const key = `${card.name}@${card.version}`;
    return this.database.transaction(async (client) => {
      const { rows } = await client.query<{ id: string }>(
        `INSERT INTO ml_models (version, model_type, model_path, metrics, feature_importance, hyperparameters,
                                training_samples, is_active, sha256, feature_set, card)
         VALUES ($1, $2, $3, $4, $5, $6, $7, true, $8, $9, $10)
         ON CONFLICT (version) DO NOTHING RETURNING id`,
        [
          key,
          card.task,
          path,
          JSON.stringify(card.metrics ?? {}),
          JSON.stringify(card.featureImportance ?? {}),
          JSON.stringify(card.hyperparameters ?? {}),
          card.trainingSamples ?? null,
          card.sha256,
          card.featureSet ?? null,
          JSON.stringify(card),
        ],
      );
      if (rows.length === 0) {
        const known = await client.query<{ sha256: string }>("SELECT sha256 FROM ml_models WHERE version = $1", [key]);
        const sha256 = known.rows[0]?.sha256;
        if (sha256 !== card.sha256) {
          throw new ModelConflictError(
            `${key} is registered with sha256 ${sha256}, the artefact in ${path} has ${card.sha256}: give the changed model a new version`,
          );
        }
        return false;
      }
      await publish(client, key, {
        model: {
          name: card.name,
          version: card.version,
          task: card.task,
          path,
          sha256: card.sha256,
          featureSet: card.featureSet ?? null,
          active: true,
          card: JSON.stringify(card),
        },
        route: null,
      });
      return true;
    });
  }

  /** @throws RangeError when the shares do not sum to 1, or an arm names no active model of that task */
  async setRoute(task: string, arms: readonly RouteArm[]): Promise<void> {
    const sum = arms.reduce((total, { share }) => total + share, 0);
    if (arms.length === 0 || arms.some(({ share }) => !(share >= 0 && share <= 1)) || Math.abs(sum - 1) > 1e-9) {
      throw new RangeError(`the shares of ${task} must lie in [0, 1] and sum to 1`);
    }
    await this.database.transaction(async (client) => {
      const { rows } = await client.query<{ version: string }>(
        "SELECT version FROM ml_models WHERE model_type = $1 AND is_active AND version = ANY($2::text[])",
        [task, arms.map(({ model }) => model)],
      );
      const known = new Set(rows.map(({ version }) => version));
      const missing = arms.find(({ model }) => !known.has(model));
      if (missing) throw new RangeError(`${missing.model} is no active model for ${task}`);
      await client.query(
        `INSERT INTO model_routes (task, arms, updated_at) VALUES ($1, $2, now())
         ON CONFLICT (task) DO UPDATE SET arms = excluded.arms, updated_at = excluded.updated_at`,
        [task, JSON.stringify(arms)],
      );
      await publish(client, `route:${task}`, { model: null, route: { task, arms: [...arms] } });
    });
  }

  async routes(): Promise<Route[]> {
    return this.database.transaction(async (client) => {
      const { rows } = await client.query<Route>("SELECT task, arms FROM model_routes ORDER BY task");
      return rows;
    });
  }
}

/** Takes the key's next revision under its row lock, and puts the record into the outbox. */
async function publish(client: Queryable, key: string, content: Pick<RegistryRecord, "model" | "route">): Promise<void> {
  const { rows } = await client.query<{ revision: string; updated_at: Date }>(
    `INSERT INTO registry_revisions AS known (key, revision) VALUES ($1, 1)
     ON CONFLICT (key) DO UPDATE SET revision = known.revision + 1
     RETURNING revision, now() AS updated_at`,
    [key],
  );
  const [row] = rows;
  if (!row) throw new Error(`no revision for ${key}`);
  const record: RegistryRecord = { key, revision: Number(row.revision), updatedAt: row.updated_at.getTime(), ...content };
  await client.query("INSERT INTO registry_outbox (key, revision, record) VALUES ($1, $2, $3)", [key, record.revision, JSON.stringify(record)]);
}

/**
 * Sends what waits in the outbox, in its order, and marks it once it is acknowledged. Safe to run twice at once or after a
 * crash: consumers ignore a revision that they know.
 *
 * @returns how many records were sent
 */
export async function publishOutbox(database: Transactional, send: (records: RegistryRecord[]) => Promise<void>): Promise<number> {
  return database.transaction(async (client) => {
    const { rows } = await client.query<{ id: string; record: RegistryRecord }>(
      "SELECT id, record FROM registry_outbox WHERE published_at IS NULL ORDER BY id LIMIT 500 FOR UPDATE SKIP LOCKED",
    );
    if (rows.length === 0) return 0;
    await send(rows.map(({ record }) => record));
    await client.query("UPDATE registry_outbox SET published_at = now() WHERE id = ANY($1::bigint[])", [rows.map(({ id }) => id)]);
    return rows.length;
  });
}
