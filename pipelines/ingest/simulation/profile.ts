/**
 * The shape of a session: much at the open, little at noon, more again at the close. Both are 1 on average over a
 * session, the volatility profile by its square. Figures after the U-shapes in R. A. Wood, T. H. McInish, J. K. Ord,
 * Journal of Finance 40 (1985) and P. Jain, G. Joh, Journal of Financial and Quantitative Analysis 23 (1988).
 */
const volumeShape = (phase: number): number =>
  0.55 + 1.9 * Math.exp(-phase / 0.07) + 1.5 * Math.exp((phase - 1) / 0.08);
const volatilityShape = (phase: number): number =>
  0.75 + 1.4 * Math.exp(-phase / 0.09) + 0.5 * Math.exp((phase - 1) / 0.08);

const steps = 3_900;
const meanOf = (shape: (phase: number) => number): number => {
  let sum = 0;
  for (let step = 0; step < steps; step++) sum += shape((step + 0.5) / steps);
  return sum / steps;
};
const meanVolume = meanOf(volumeShape);
const rootMeanSquareVolatility = Math.sqrt(meanOf((phase) => volatilityShape(phase) ** 2));

/** Volume at a moment of the session, over the session's mean. */
export const volumeProfile = (phase: number): number => volumeShape(phase) / meanVolume;

/** Standard deviation of returns at a moment of the session, over the session's root mean square. */
export const volatilityProfile = (phase: number): number => volatilityShape(phase) / rootMeanSquareVolatility;
