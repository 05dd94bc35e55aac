import { handled } from "../runtime/stage/progress.js";
import { stageStatuses, type StageStatus } from "./stage-status.js";

export interface RatedStatus extends StageStatus {
  /** Inputs a second since the look before. */
  readonly perSecond: number;
}

/** Statuses of the stages with the rate since the look before; 0 at the first. */
export class StageRates {
  #before: { readonly at: number; readonly statuses: readonly StageStatus[] } | undefined;

  constructor(private readonly access: Parameters<typeof stageStatuses>[0]) {}

  async look(): Promise<RatedStatus[]> {
    const statuses = await stageStatuses(this.access);
    const at = performance.now();
    const before = this.#before;
    this.#before = { at, statuses };
    return statuses.map((status, index) => {
      const last = before?.statuses[index];
      const perSecond = before && last ? (handled(status) - handled(last)) / ((at - before.at) / 1000) : 0;
      return { ...status, perSecond };
    });
  }
}
