import type { Feature } from "../feature.js";

/**
 * Simple return of the adjusted close over the last `bars` bars: close / close `bars` before − 1. Warm-up: one bar more.
 */
export function momentum(closes: readonly number[], bars: number): number {
  const last = closes.at(-1);
  const before = closes.at(-1 - bars);
  return last === undefined || before === undefined ? 0 : last / before - 1;
}

const momentumFeature = (name: string, bars: number): Feature => ({
  name,
  group: "momentum",
  parameters: { bars },
  version: 1,
  warmUp: bars + 1,
  formula: `close / close ${bars} before − 1`,
  compute: ({ closes }) => momentum(closes, bars),
});

export const momentumFeatures: readonly Feature[] = [
  momentumFeature("last-return", 1),
  ...[5, 10, 20, 40].map((bars) => momentumFeature(`momentum-${bars}`, bars)),
];
