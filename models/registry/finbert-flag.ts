/** The switch between VADER alone and a transformer (FinBERT, or the encoder that ships), as shares of the symbols. */
import type { RouteArm } from "../../schemas/generated/types.js";
import { tasks, type ModelTask } from "../tasks.js";

/** The task whose models it switches. */
export const finbertTask = "sentiment" satisfies ModelTask;

/** What a route names in place of a model where VADER is to read alone: it has no file, so it is never registered. */
export const vaderAlone = tasks[finbertTask].rules;

/** Arm of the symbols that the transformer reads, and of the others. */
export const finbertArm = "finbert";
export const vaderArm = "vader";

/**
 * @param text `off`, `on`, `ab` (half of the symbols), a percentage such as `25%`
 * @returns the share of the symbols that the transformer reads, in [0, 1]
 * @throws RangeError for anything else
 */
export function parseFinbertFlag(text: string): number {
  const named = { off: 0, on: 1, ab: 0.5 }[text.trim().toLowerCase()];
  if (named !== undefined) return named;
  const percentage = /^(\d{1,3}(?:\.\d+)?)\s*%?$/.exec(text.trim())?.[1];
  if (percentage === undefined || Number(percentage) > 100)
    throw new RangeError(`${JSON.stringify(text)} is none of off, on, ab and a percentage from 0% to 100%`);
  return Number(percentage) / 100;
}

/** The transformer's arm stands first: a share that grows keeps the symbols that it had. Both are always listed. */
export function finbertArms(share: number, model: string): RouteArm[] {
  return [
    { arm: finbertArm, model, share },
    { arm: vaderArm, model: vaderAlone, share: 1 - share },
  ];
}

/** The transformer among the arms of a route, whatever its share. */
export function transformerOf(arms: readonly RouteArm[]): string | undefined {
  return arms.find(({ model }) => model !== vaderAlone)?.model;
}
