import { sessionClock } from "../../calendar/session-clock.js";
import type { Feature } from "../feature.js";
import { oncePerView } from "../once-per-view.js";
import type { FeatureView } from "../view.js";

type Turn = "sin" | "cos";
const turns: readonly Turn[] = ["sin", "cos"];

const dayFraction = oncePerView(({ calendar, asOf }: FeatureView) => sessionClock(calendar).dayFraction(asOf));

/** Of the share of the week, from Sunday, before each of its days. */
const weekWaves = {
  sin: Array.from({ length: 7 }, (_, weekday) => Math.sin(2 * Math.PI * (weekday / 7))),
  cos: Array.from({ length: 7 }, (_, weekday) => Math.cos(2 * Math.PI * (weekday / 7))),
};

const wave = (name: string, of: string, turn: Turn, compute: Feature["compute"]): Feature => ({
  name: `${name}-${turn}`,
  group: "calendar",
  parameters: {},
  version: 1,
  warmUp: 0,
  formula: `${turn}(2π · share of the local ${of} that has passed)`,
  compute,
});

/**
 * Where a moment lies in the exchange's local day and week. Each fraction f enters as sin(2πf) and cos(2πf), so that the
 * end of a day, or week, lies beside its beginning; that of the week moves on at local midnight. Warm-up: none.
 */
export const localTimeFeatures: readonly Feature[] = [
  ...turns.map((turn) => wave("time-of-day", "day", turn, (view) => Math[turn](2 * Math.PI * dayFraction(view)))),
  ...turns.map((turn) =>
    wave(
      "day-of-week",
      "week",
      turn,
      ({ calendar, asOf }) => weekWaves[turn][sessionClock(calendar).at(asOf).weekday] ?? 0,
    ),
  ),
];
