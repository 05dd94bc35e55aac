/**
 * The model registry in PostgreSQL, the truth behind `models.registry`. Every change takes the key's next revision under
 * its row lock and writes the record to an outbox in the same transaction.
 */
import type { ModelVersion, Route, RouteArm } from "../../schemas/generated/types.js";
import { rulesOf } from "../tasks.js";
import { modelKey, routeKey, type RegisteredCard } from "./card.js";
import { recordChange } from "./outbox.js";
import type { Queryable, Transactional } from "../../schemas/queryable.js";
import { checkShares } from "./route-shares.js";

/** The same name and version with another model file: a version never changes. */
export class ModelConflictError extends Error {
  override readonly name = "ModelConflictError";
}

interface ModelRow {
  version: string;
  task: string;
  model_path: string;
  sha256: string;
  feature_set: string | null;
  is_active: boolean;
  card: unknown;
}

/** model_type, the algorithm, is filled by the database, from the card. */
const modelColumns = "version, task, model_path, sha256, feature_set, is_active, card";

export class RegistryStore {
  constructor(private readonly database: Transactional) {}

  /**
   * Registers a model version. One that is known with the same model file stays as it is, unless its card or its place has
   * changed: that is a new revision of the same version.
   *
   * @param path directory of the artefact, relative to the artefact root
   * @returns whether it was new
   * @throws ModelConflictError when the version is known with another hash
   */
  async registerModel(card: RegisteredCard, path: string): Promise<boolean> {
    const key = modelKey(card);
    return this.database.transaction(async (client) => {
      const values = [key, card.task, path, card.sha256, card.featureSet ?? null, JSON.stringify(card)];
      const details = [
        json(card.metrics),
        json(card.featureImportance),
        json(card.hyperparameters),
        card.trainingSamples ?? null,
      ];
      const added = await client.query<ModelRow>(
        `INSERT INTO ml_models (version, task, model_path, sha256, feature_set, card,
                                metrics, feature_importance, hyperparameters, training_samples)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         ON CONFLICT (version) DO NOTHING RETURNING ${modelColumns}`,
        [...values, ...details],
      );
      if (added.rows[0]) {
        await recordChange(client, key, { model: toVersion(added.rows[0]), route: null });
        return true;
      }
      const known = await lockModel(client, key);
      if (known.sha256 !== card.sha256) {
        throw new ModelConflictError(
          `${key} is registered with sha256 ${known.sha256}, the artefact in ${path} has ${card.sha256}: give the changed model a new version`,
        );
      }
      const changed = await client.query<ModelRow>(
        `UPDATE ml_models SET task = $2, model_path = $3, feature_set = $5, card = $6, metrics = $7,
                              feature_importance = $8, hyperparameters = $9, training_samples = $10, updated_at = now()
         WHERE version = $1 AND sha256 = $4 AND (model_path <> $3 OR card IS DISTINCT FROM $6::jsonb)
         RETURNING ${modelColumns}`,
        [...values, ...details],
      );
      if (changed.rows[0]) await recordChange(client, key, { model: toVersion(changed.rows[0]), route: null });
      return false;
    });
  }

  /**
   * Sets which models serve a task.
   *
   * @param arms in their order: a symbol's place is in the cumulated shares
   * @returns false when the route is like that already
   * @throws RangeError when the shares do not sum to 1, or an arm names no active model of that task
   */
  async setRoute(task: string, arms: readonly RouteArm[]): Promise<boolean> {
    checkShares(task, arms);
    return this.database.transaction(async (client) => {
      // The lock keeps a model of this route from being deactivated meanwhile.
      const { rows } = await client.query<{ version: string }>(
        `SELECT version FROM ml_models
         WHERE task = $1 AND is_active AND sha256 IS NOT NULL AND version = ANY($2::text[])
         ORDER BY version FOR SHARE`,
        [task, arms.map(({ model }) => model)],
      );
      const known = new Set(rows.map(({ version }) => version));
      const rules = rulesOf(task);
      if (rules !== undefined) known.add(rules);
      const missing = arms.find(({ model }) => !known.has(model));
      if (missing) throw new RangeError(`${missing.model} is no active model for ${task}`);
      const route: Route = { task, arms: arms.map(({ arm, model, share }) => ({ arm, model, share })) };
      const { rowCount } = await client.query(
        `INSERT INTO model_routes AS known (task, arms) VALUES ($1, $2)
         ON CONFLICT (task) DO UPDATE SET arms = excluded.arms, updated_at = now() WHERE known.arms <> excluded.arms`,
        [task, JSON.stringify(route.arms)],
      );
      if (!rowCount) return false;
      await recordChange(client, routeKey(task), { model: null, route });
      return true;
    });
  }

  /**
   * Sets whether a model version may be routed to.
   *
   * @param version name@version
   * @returns false when it is like that already
   * @throws RangeError when the version is unknown, or a route still names what is to be deactivated
   */
  async setActive(version: string, isActive: boolean): Promise<boolean> {
    return this.database.transaction(async (client) => {
      const known = await lockModel(client, version);
      if (known.is_active === isActive) return false;
      if (!isActive) {
        const { rows } = await client.query<{ task: string }>(
          "SELECT task FROM model_routes WHERE arms @> jsonb_build_array(jsonb_build_object('model', $1::text))",
          [version],
        );
        if (rows[0]) throw new RangeError(`${version} serves ${rows[0].task}: route that task to another model first`);
      }
      await client.query("UPDATE ml_models SET is_active = $2, updated_at = now() WHERE version = $1", [
        version,
        isActive,
      ]);
      await recordChange(client, version, { model: { ...toVersion(known), active: isActive }, route: null });
      return true;
    });
  }

  /** Every registered model version, by name@version. */
  async models(): Promise<ModelVersion[]> {
    return this.database.transaction(async (client) => {
      const { rows } = await client.query<ModelRow>(
        `SELECT ${modelColumns} FROM ml_models WHERE sha256 IS NOT NULL ORDER BY version`,
      );
      return rows.map(toVersion);
    });
  }

  async routes(): Promise<Route[]> {
    return this.database.transaction(async (client) => {
      const { rows } = await client.query<Route>("SELECT task, arms FROM model_routes ORDER BY task");
      return rows;
    });
  }
}

async function lockModel(client: Queryable, version: string): Promise<ModelRow> {
  const { rows } = await client.query<ModelRow>(`SELECT ${modelColumns} FROM ml_models WHERE version = $1 FOR UPDATE`, [
    version,
  ]);
  if (!rows[0]) throw new RangeError(`${version} is not registered`);
  return rows[0];
}

function toVersion(row: ModelRow): ModelVersion {
  const at = row.version.lastIndexOf("@");
  return {
    name: row.version.slice(0, at),
    version: row.version.slice(at + 1),
    task: row.task,
    path: row.model_path,
    sha256: row.sha256,
    featureSet: row.feature_set,
    active: row.is_active,
    card: JSON.stringify(row.card),
  };
}

const json = (value: unknown): string | null => (value === undefined || value === null ? null : JSON.stringify(value));
