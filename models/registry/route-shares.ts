import type { RouteArm } from "../../schemas/generated/types.js";

/** Ten shares of 0.1 sum to 0.9999999999999999. */
const tolerance = 1e-9;

/** @throws RangeError when the arms have no shares in [0, 1] that sum to 1, or two have the same name */
export function checkShares(task: string, arms: readonly RouteArm[]): void {
  const sum = arms.reduce((total, { share }) => total + share, 0);
  if (arms.some(({ share }) => !(share >= 0 && share <= 1)) || Math.abs(sum - 1) > tolerance) {
    throw new RangeError(`the shares of ${task} must lie in [0, 1] and sum to 1`);
  }
  if (new Set(arms.map(({ arm }) => arm)).size !== arms.length) {
    throw new RangeError(`two arms of ${task} have the same name`);
  }
}
