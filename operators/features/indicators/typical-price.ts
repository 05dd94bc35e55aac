import { oncePerView } from "../once-per-view.js";

/** (high + low + close) / 3 of each bar in view, oldest first. */
export const typicalPrices = oncePerView<Float64Array>(({ highs, lows, closes }, reuse) => {
  const { length } = highs;
  const prices = reuse?.length === length ? reuse : new Float64Array(length);
  const offset = closes.length - length;
  for (let index = 0; index < length; index += 1) {
    prices[index] = ((highs[index] ?? 1) + (lows[index] ?? 1) + (closes[offset + index] ?? 1)) / 3;
  }
  return prices;
});
