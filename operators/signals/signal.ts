import type { Forecast, PendingScore, Signal, SignalDirection, SignalReason } from "../../schemas/generated/types.js";
import { combinedOf, medianOf } from "../forecasts/combined.js";
import { recordId } from "../record-id.js";

/** P(up) this close to one half is no evidence: a next-day direction is close to a coin flip. */
const deadBand = 0.02;

/** Shares of the three parts that carry a direction; they sum to 1. */
const shares = { direction: 0.5, expectedReturn: 0.2, sentiment: 0.3 } as const;
/** Where a part is at its full share: P(up) 0.6, a median return of a quarter of the volatility. */
const fullEdge = 0.1;
const fullReturn = 0.25;
/** Most that the probability of a move, and the volatility, add or take away, as a share of the directed parts. */
const moveShare = 0.25;
const volatilityShare = 0.25;
/** Volatility at which half of that is taken away: 2 %, an ordinary day of a large stock. */
const usualVolatility = 0.02;

/**
 * Direction, strength and confidence from a score and the forecast made of it.
 *
 * Three parts carry a direction; each is clipped to its share:
 *
 *     direction        0.5 · (P(up) − ½) / 0.1
 *     expected-return  0.2 · (combined median / combined volatility) / 0.25
 *     sentiment        0.3 · mean · count / (1 + count)          few or old articles count less
 *
 * and two temper their sum s:
 *
 *     move             s · 0.25 · (2 P(move) − 1)                nothing to gain where nothing moves
 *     volatility      −s · 0.25 · v / (v + 2 %)                  the same return means less where it is noisier
 *
 * Strength is the sum of all five, clipped to [−1, 1]. The direction is that of P(up), and flat when P(up) lies within
 * 0.02 of one half, is unknown, or is outweighed (the strength has the other sign). Confidence is the probability of the
 * likelier side, max(P(up), 1 − P(up)). A part whose target was not scored is left out.
 */
export function makeSignal(
  score: Pick<PendingScore, "direction" | "move" | "sentimentMean" | "sentimentCount" | "trained">,
  forecast: Forecast,
): Signal {
  const reasons = reasonsOf(score, forecast);
  const strength = clip(reasons.reduce((sum, { weight }) => sum + weight, 0));
  const up = score.direction ?? 0.5;
  return {
    id: recordId("signals", forecast.id, forecast.symbol),
    symbol: forecast.symbol,
    forecastId: forecast.id,
    scoreId: forecast.scoreId,
    sequence: forecast.sequence,
    eventTime: forecast.eventTime,
    asOf: forecast.asOf,
    origin: forecast.origin,
    direction: directionOf(up, strength),
    strength,
    confidence: Math.max(up, 1 - up),
    barTime: forecast.barTime,
    close: forecast.close,
    validUntil: forecast.targetTime,
    reasons,
    trained: score.trained,
  };
}

function reasonsOf(
  { direction, move, sentimentMean, sentimentCount }: Parameters<typeof makeSignal>[0],
  forecast: Forecast,
): SignalReason[] {
  const combined = combinedOf(forecast);
  if (combined === undefined) throw new Error(`the forecast ${forecast.id} has no combined view`);
  const { volatility } = combined;
  const median = medianOf(combined);
  const relative = volatility > 0 ? median / volatility : 0;
  const reasons: SignalReason[] = [
    {
      name: "sentiment",
      value: sentimentMean,
      weight: shares.sentiment * sentimentMean * (sentimentCount / (1 + sentimentCount)),
    },
  ];
  if (direction !== null) {
    reasons.push({
      name: "direction",
      value: direction,
      weight: shares.direction * clip((direction - 0.5) / fullEdge),
    });
  }
  const returns: SignalReason = {
    name: "expected-return",
    value: median,
    weight: shares.expectedReturn * clip(relative / fullReturn),
  };
  const directed = [...reasons, returns].reduce((sum, { weight }) => sum + weight, 0);
  if (move !== null) reasons.push({ name: "move", value: move, weight: directed * moveShare * (2 * move - 1) });
  const taken = volatilityShare * (volatility / (volatility + usualVolatility));
  reasons.push(returns, { name: "volatility", value: volatility, weight: -directed * taken });
  return reasons;
}

function directionOf(up: number, strength: number): SignalDirection {
  if (up > 0.5 + deadBand && strength > 0) return "up";
  if (up < 0.5 - deadBand && strength < 0) return "down";
  return "flat";
}

const clip = (value: number): number => Math.min(1, Math.max(-1, value));
