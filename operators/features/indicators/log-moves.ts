import { oncePerView } from "../once-per-view.js";
import { logRatio } from "./log-ratio.js";

/**
 * Logarithms of the moves of the bars in view, oldest first: the 88 that all estimators of variance are made of.
 */
export interface LogMoves {
  /** ln(high / open): at least 0. */
  readonly up: Float64Array;
  /** ln(low / open): at most 0. */
  readonly down: Float64Array;
  /** ln(close / open). */
  readonly body: Float64Array;
  /** ln(open / close before); 0 for the first bar of a series. */
  readonly gap: Float64Array;
  /** Number of bars. */
  readonly length: number;
}

const empty = (length: number): LogMoves => ({
  up: new Float64Array(length),
  down: new Float64Array(length),
  body: new Float64Array(length),
  gap: new Float64Array(length),
  length,
});

export const logMoves = oncePerView<LogMoves>(({ opens, highs, lows, closes }, reuse) => {
  const { length } = opens;
  const moves = reuse?.length === length ? reuse : empty(length);
  // More closes are in view than bars.
  const offset = closes.length - length;
  for (let index = 0; index < length; index += 1) {
    const open = opens[index] ?? 1;
    const at = offset + index;
    moves.up[index] = logRatio(highs[index] ?? 1, open);
    moves.down[index] = logRatio(lows[index] ?? 1, open);
    moves.body[index] = logRatio(closes[at] ?? 1, open);
    moves.gap[index] = at > 0 ? logRatio(open, closes[at - 1] ?? 1) : 0;
  }
  return moves;
});
