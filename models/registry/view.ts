import { createHash } from "node:crypto";
import type { ModelVersion, RegistryRecord, Route, RouteArm } from "../../schemas/generated/types.js";

/** What a consumer of `models.registry` holds: the newest revision of each key, in whatever order the records came. */
export class RegistryView {
  readonly #revisions = new Map<string, number>();
  readonly #models = new Map<string, ModelVersion>();
  readonly #routes = new Map<string, Route>();

  /** @returns false for a revision that is not higher than the known one: it changes nothing */
  apply({ key, revision, model, route }: RegistryRecord): boolean {
    if (revision <= (this.#revisions.get(key) ?? 0)) return false;
    this.#revisions.set(key, revision);
    if (model) this.#models.set(key, model);
    if (route) this.#routes.set(route.task, route);
    return true;
  }

  /** @param key name@version */
  model(key: string): ModelVersion | undefined {
    return this.#models.get(key);
  }

  models(): ModelVersion[] {
    return [...this.#models.values()];
  }

  route(task: string): Route | undefined {
    return this.#routes.get(task);
  }
}

/**
 * The arm that serves a symbol. Sticky: it depends on task, symbol and shares alone. The hash is uniform over [0, 1), and
 * arms take consecutive spans of it, so that a share that grows keeps the symbols it had.
 *
 * @throws RangeError when the route has no arm
 */
export function armFor(route: Route, symbol: string): RouteArm {
  const digest = createHash("sha256").update(`${route.task}\u0000${symbol}`).digest();
  const point = digest.readUIntBE(0, 6) / 2 ** 48;
  let reached = 0;
  for (const arm of route.arms) {
    reached += arm.share;
    if (point < reached) return arm;
  }
  // Shares that sum to a little less than 1 leave the rest to the last arm that has any; a shadow has none.
  const last = route.arms.findLast(({ share }) => share > 0);
  if (!last) throw new RangeError(`the route of ${route.task} has no arm`);
  return last;
}
