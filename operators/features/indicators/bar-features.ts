/** Every feature that is made of bars alone, by chapter. */
import type { Feature } from "../feature.js";
import { averageTrueRangeFeature } from "./average-true-range.js";
import { barVarianceFeatures } from "./bar-variances.js";
import { bollingerFeatures } from "./bollinger.js";
import { chaikinMoneyFlowFeature } from "./chaikin-money-flow.js";
import { directionalMovementFeatures } from "./directional-movement.js";
import { dollarVolumeChangeFeature } from "./dollar-volume-change.js";
import { emaDistanceFeatures } from "./ema-distance.js";
import { extremesFeatures } from "./extremes.js";
import { garmanKlassFeature } from "./garman-klass.js";
import { gapFeatures } from "./gap.js";
import { linearTrendFeatures } from "./linear-trend.js";
import { macdFeatures } from "./macd.js";
import { momentumAccelerationFeature } from "./momentum-acceleration.js";
import { momentumFeatures } from "./momentum.js";
import { moneyFlowIndexFeature } from "./money-flow-index.js";
import { onBalanceVolumeFeature } from "./on-balance-volume.js";
import { rangePositionFeature } from "./range-position.js";
import { rangeVolatilityFeature } from "./range-volatility.js";
import { returnDistributionFeatures } from "./return-distribution.js";
import { rsiFeature } from "./rsi.js";
import { stochasticFeatures } from "./stochastic.js";
import { volumeRatioFeature } from "./volume-ratio.js";
import { volumeTrendFeature } from "./volume-trend.js";
import { vwapDistanceFeature } from "./vwap-distance.js";
import { yangZhangFeature } from "./yang-zhang.js";

const momentum = [rsiFeature, ...momentumFeatures, momentumAccelerationFeature, ...stochasticFeatures];

const trend = [...macdFeatures, ...emaDistanceFeatures, ...directionalMovementFeatures, ...linearTrendFeatures];

/** Bollinger's position, which is a level, stays beside its width. */
const volatility = [
  ...bollingerFeatures,
  averageTrueRangeFeature,
  rangeVolatilityFeature,
  garmanKlassFeature,
  yangZhangFeature,
  ...returnDistributionFeatures,
  ...barVarianceFeatures,
];

const volume = [
  volumeRatioFeature,
  volumeTrendFeature,
  onBalanceVolumeFeature,
  moneyFlowIndexFeature,
  vwapDistanceFeature,
  chaikinMoneyFlowFeature,
  dollarVolumeChangeFeature,
];

const level = [...gapFeatures, ...extremesFeatures, rangePositionFeature];

export const barFeatures: readonly Feature[] = [...momentum, ...trend, ...volatility, ...volume, ...level];
