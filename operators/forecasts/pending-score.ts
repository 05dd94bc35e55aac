import type { PendingScore, Score, TargetScore } from "../../schemas/generated/types.js";
import { notFinite } from "../finite.js";
import { reject } from "../operator.js";

/** Scores of a symbol that may wait for their bar. */
export const pendingScores = 16;

/** More levels than this would let waiting scores outgrow the state. */
const mostLevels = 25;

/** Whether all models of a score were trained on its symbol: false when one was not, null when that is not known of one. */
function trainedOf(targets: readonly TargetScore[]): boolean | null {
  if (targets.some(({ trained }) => trained === false)) return false;
  return targets.length > 0 && targets.every(({ trained }) => trained === true) ? true : null;
}

/** What a forecast and a signal need of a score, or why it cannot be used. */
export function readScore(score: Readonly<Score>): PendingScore | ReturnType<typeof reject> {
  const fault = notFinite(score);
  if (fault !== undefined) return reject("NOT_FINITE", `${fault} is not finite`);
  if (!(score.close > 0)) return reject("INVALID_PRICE", `close is ${score.close}`);
  const target = (name: string): TargetScore | undefined =>
    score.targets.find((candidate) => candidate.target === name);
  const direction = target("direction")?.values[0] ?? null;
  const move = target("move")?.values[0] ?? null;
  const returns = target("return");
  for (const [name, probability] of Object.entries({ direction, move })) {
    if (probability !== null && !(probability >= 0 && probability <= 1)) {
      return reject("INVALID_FIELD", `the ${name} score ${probability} is no probability`);
    }
  }
  const levels = returns?.levels ?? [];
  const quantiles = returns?.values ?? [];
  const areLevels = levels.every((level, index) => level > (levels[index - 1] ?? 0) && level < 1);
  if (!areLevels || levels.length !== quantiles.length || levels.length > mostLevels) {
    return reject("INVALID_FIELD", `${quantiles.length} quantiles at levels ${levels.slice(0, mostLevels).join(", ")}`);
  }
  return {
    scoreId: score.id,
    sequence: score.sequence,
    eventTime: score.eventTime,
    asOf: score.asOf,
    origin: score.origin,
    barId: score.barId,
    barTime: score.barTime,
    close: score.close,
    sentimentMean: score.sentimentMean,
    sentimentCount: score.sentimentCount,
    direction,
    move,
    levels,
    quantiles,
    trained: trainedOf(score.targets),
    model: returns && levels.length > 0 ? `${returns.model.name}@${returns.model.version}` : null,
  };
}
