import type { Feature } from "../feature.js";
import { memory as layout } from "../layout.js";
import { oncePerView } from "../once-per-view.js";
import type { FeatureView } from "../view.js";

const span = 60;
const kept = 1 - 2 / (span + 1);

/** Pairs of returns that the beginning, a beta of 1 and no correlation, weighs as much as. */
const priorPairs = 10;

/** Betas beyond are of a market that hardly moved. */
const clip = 5;

/** Exponentially weighted sums over the pairs of returns: of 1, of market², market · own, own² and of market. */
const weight = layout.beta;
const marketSquares = layout.beta + 1;
const products = layout.beta + 2;
const ownSquares = layout.beta + 3;
const marketSum = layout.beta + 4;

/** A log return beyond means a wrong price: e¹⁰ is a factor of 22,000. */
const largest = 10;

/**
 * Takes in the symbol's and the market's log return of one bar.
 *
 *     sum ← (1 − 2 / 61) · sum + term
 *
 * Returns are not centred: their mean over a bar is small beside their deviation. A bar of which the market's return is
 * unknown is left out.
 *
 * Source: J. P. Morgan and Reuters, RiskMetrics: Technical Document (1996), ch. 5, with a span of 60 bars.
 *
 * @param memory changed in place
 */
export function stepBeta(memory: number[], market: number, own: number): void {
  const x = Math.min(largest, Math.max(-largest, market));
  const add = (at: number, term: number): void => {
    memory[at] = (memory[at] ?? 0) * kept + term;
  };
  add(weight, 1);
  add(marketSquares, x * x);
  add(products, x * own);
  add(ownSquares, own * own);
  add(marketSum, x);
}

interface MarketModel {
  readonly beta: number;
  readonly correlation: number;
  readonly idiosyncratic: number;
  readonly trend: number;
}

const unknown: MarketModel = { beta: 1, correlation: 0, idiosyncratic: 0, trend: 0 };

/** Below this share of the symbol's variance what the market leaves unexplained is rounding. */
const rounding = 1e-12;

/**
 * The symbol against the market, one bar behind: the market's return at a bar is known after it. W, M, P, O and S are the
 * sums of `stepBeta`, and share = W / (W + 10) draws both towards the beginning while there are few pairs.
 *
 *     beta = 1 + share · (P / M − 1)     correlation = share · P / √(M · O)
 *     idiosyncratic = √((O − P² / M) / W)     trend = S / √(W · M)
 *
 * Source: W. Sharpe, A simplified model for portfolio analysis, Management Science 9 (1963); O. Vasicek, A note on using
 * cross-sectional information in Bayesian estimation of security betas, Journal of Finance 28 (1973), for drawing beta
 * towards 1.
 */
function marketModel({ memory }: FeatureView): MarketModel {
  const pairs = memory[weight] ?? 0;
  const squares = memory[marketSquares] ?? 0;
  const own = memory[ownSquares] ?? 0;
  const both = memory[products] ?? 0;
  if (!(pairs > 0 && squares > 0)) return unknown;
  const share = pairs / (pairs + priorPairs);
  const slope = both / squares;
  const deviations = Math.sqrt(squares) * Math.sqrt(own);
  const rest = own - both * slope;
  return {
    beta: within(1 + share * (slope - 1), clip),
    correlation: deviations > 0 ? share * within(both / deviations, 1) : 0,
    idiosyncratic: rest > rounding * own ? Math.sqrt(rest / pairs) : 0,
    trend: within((memory[marketSum] ?? 0) / (Math.sqrt(pairs) * Math.sqrt(squares)), 1),
  };
}

const within = (value: number, limit: number): number => Math.min(limit, Math.max(-limit, value));

const ofView = oncePerView(marketModel);

const feature = (name: string, formula: string, of: (model: MarketModel) => number): Feature => ({
  name,
  group: "market",
  parameters: { span, priorPairs },
  version: 1,
  // The market's return is known a bar late, and the first bar has none.
  warmUp: 3,
  formula,
  compute: (view) => of(ofView(view)),
});

export const betaFeatures: readonly Feature[] = [
  feature("market-beta", "Σ w · market · own / Σ w · market², span 60, drawn towards 1; within ±5", ({ beta }) => beta),
  feature(
    "market-correlation",
    "Σ w · market · own / √(Σ w · market² · Σ w · own²), span 60, drawn towards 0",
    ({ correlation }) => correlation,
  ),
  feature(
    "idiosyncratic-volatility",
    "√(Σ w · own² − (Σ w · market · own)² / Σ w · market²) / √(Σ w), span 60",
    ({ idiosyncratic }) => idiosyncratic,
  ),
  feature("market-trend", "Σ w · market / √(Σ w · Σ w · market²), span 60, in [−1, 1]", ({ trend }) => trend),
];
