import { barVariance } from "../bar-variance.js";
import { addRow, solve } from "../least-squares.js";
import { defineMethod } from "../method.js";
import { normalReturn } from "../normal-return.js";

/** Bars of a month, a week and a day: what the three regressors are means over. */
const month = 22;
const week = 5;
const refitEvery = 22;
/** Rows of the first fit. */
const firstFit = 66;

/** Variances are taken in units of (1 %)²: their logarithms then lie around 0, and sums of products stay well-conditioned. */
const unit = 1e-4;
/** No bar's log variance, in that unit, lies outside: a forecast that does comes from a fit that has not settled. */
const lowest = Math.log(1e-7 / unit);
const highest = Math.log(1e4 / unit);

/** The log-range HAR model and the sums it is fitted from. */
export type HarState = {
  /** Range variances of the last 22 bars, oldest first. */
  readonly variances: readonly number[];
  /** Rows that were summed up. */
  readonly rows: number;
  /**
   * Sums of the products of each two of (1, daily, weekly, monthly, next), upper triangle row by row; empty before the
   * first row.
   */
  readonly products: readonly number[];
  /** Of (1, daily, weekly, monthly); empty before the first fit. */
  readonly coefficients: readonly number[];
  /** Rows since coefficients were fitted. */
  readonly sinceFit: number;
  /** Sum of variance / unscaled forecast. */
  readonly ratios: number;
  /** Number of terms in ratios. */
  readonly ratioCount: number;
};

const empty: HarState = {
  variances: [],
  rows: 0,
  products: [],
  coefficients: [],
  sinceFit: 0,
  ratios: 0,
  ratioCount: 0,
};

/**
 * Heterogeneous autoregression of the log range variance p (see `barVariance`):
 *
 *     ln p_{t+1} = β0 + β1 ln p_t + β2 ln mean(p_{t−4} … p_t) + β3 ln mean(p_{t−21} … p_t) + ε
 *
 * fitted by least squares to all bars so far, first on 66 rows and then every 22 bars; the fit needs only running sums.
 * The exponential of the forecast is a median; times the mean of p / forecast over the past forecasts it is a mean. That
 * mean starts as 22 forecasts with the log-normal exp(residual variance / 2).
 *
 * Source: F. Corsi, A simple approximate long-memory model of realized volatility, Journal of Financial Econometrics 7
 * (2009), on logs of ranges.
 */
export const har = defineMethod<HarState>({
  name: "har",
  version: 1,
  description:
    "a normal log return with mean 0 and the variance that an autoregression of log range variances over a day, a week and a month expects",
  warmUp: 89,
  inCombined: true,
  empty,
  step: (state, { traded, closeBefore }) => stepHar(state, barVariance(traded, closeBefore)),
  forecast(state, { horizon }, levels) {
    const variance = harVariance(state);
    return variance === undefined ? undefined : normalReturn(variance, horizon, levels);
  },
});

/** @param variance p of the next bar */
export function stepHar(state: HarState, variance: number): HarState {
  const regressors = regressorsOf(state.variances);
  const variances = [...state.variances.slice(state.variances.length < month ? 0 : 1), variance];
  if (regressors === undefined) return { ...state, variances };

  const predicted = predict(state.coefficients, regressors);
  const next: HarState = {
    ...state,
    variances,
    rows: state.rows + 1,
    products: addRow(state.products, [...regressors, Math.log(variance / unit)]),
    sinceFit: state.sinceFit + 1,
    ratios: state.ratios + (predicted === undefined ? 0 : variance / predicted),
    ratioCount: state.ratioCount + (predicted === undefined ? 0 : 1),
  };
  const isDue = next.coefficients.length === 0 ? next.rows >= firstFit : next.sinceFit >= refitEvery;
  return isDue ? refit(next) : next;
}

/** Variance of the next bar's log return; undefined before the first fit. */
export function harVariance({ variances, coefficients, ratios, ratioCount }: HarState): number | undefined {
  const regressors = regressorsOf(variances);
  const predicted = regressors && predict(coefficients, regressors);
  return predicted && (predicted * ratios) / ratioCount;
}

function refit(state: HarState): HarState {
  const fit = solve(state.products, 5, state.rows);
  if (fit === undefined) return state;
  const next = { ...state, coefficients: fit.coefficients, sinceFit: 0 };
  if (state.ratioCount > 0) return next;
  return { ...next, ratios: refitEvery * Math.exp(fit.residualVariance / 2), ratioCount: refitEvery };
}

/** (1, daily, weekly, monthly) in logs; undefined with less than a month of bars. */
function regressorsOf(variances: readonly number[]): number[] | undefined {
  if (variances.length < month) return undefined;
  return [1, logMean(variances, 1), logMean(variances, week), logMean(variances, month)];
}

function logMean(variances: readonly number[], count: number): number {
  let sum = 0;
  for (let index = variances.length - count; index < variances.length; index += 1) sum += variances[index] ?? 0;
  return Math.log(sum / count / unit);
}

/** Unscaled forecast, in plain units. */
function predict(coefficients: readonly number[], regressors: readonly number[]): number | undefined {
  if (coefficients.length === 0) return undefined;
  const log = regressors.reduce((sum, regressor, index) => sum + regressor * (coefficients[index] ?? 0), 0);
  return unit * Math.exp(Math.min(highest, Math.max(lowest, log)));
}
