/** The bars of one symbol as the indicators need them: windows of fixed length and running averages. */
import type { FeaturesCore, KeptBar } from "../../schemas/generated/types.js";
import { stepMacd } from "./indicators/macd.js";
import { squaredLogRange } from "./indicators/range-volatility.js";
import { stepRsi } from "./indicators/rsi.js";
import { slide } from "./indicators/window.js";

/** Longest windows any feature looks back: 20 returns need 21 closes. */
const closes = 21;
const volumes = 20;
const ranges = 20;

export const emptyCore: FeaturesCore = {
  bars: 0,
  closes: [],
  volumes: [],
  ranges: [],
  rsi: { gain: 0, loss: 0 },
  macd: { fast: 0, slow: 0, signal: 0 },
};

/** Takes in one bar; gives a new core. Prices are adjusted here, and only ratios of them leave the core. */
export function stepCore(core: FeaturesCore, bar: KeptBar): FeaturesCore {
  const close = bar.close * bar.adjustment;
  const previous = core.closes.at(-1);
  const bars = core.bars + 1;
  return {
    bars,
    closes: slide(core.closes, close, closes),
    volumes: slide(core.volumes, bar.volume, volumes),
    ranges: slide(core.ranges, squaredLogRange(bar.high, bar.low), ranges),
    rsi: previous === undefined ? core.rsi : stepRsi(core.rsi, close - previous, bars - 1),
    macd: stepMacd(core.macd, close, bars),
  };
}
