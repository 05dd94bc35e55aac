import type { Feature } from "./feature.js";
import { barFeatures } from "./indicators/bar-features.js";
import { localTimeFeatures } from "./calendar/local-time.js";
import { sessionFeatures } from "./calendar/session-features.js";
import { withInteractions } from "./interactions/interactions.js";
import { betaFeatures } from "./market/beta.js";
import { crossSectionFeatures } from "./market/cross-section.js";
import { decayedSentimentFeatures } from "./news/decayed-sentiment.js";
import { disagreementFeatures } from "./news/disagreement.js";
import { noveltyFeatures } from "./news/novelty.js";
import { reportFeatures } from "./news/report-rhythm.js";
import { surpriseFeatures } from "./news/surprise.js";

/** All features there are, by chapter, whether or not a pinned set has them. */
export const allFeatures: readonly Feature[] = withInteractions([
  ...barFeatures,
  ...decayedSentimentFeatures,
  ...disagreementFeatures,
  ...surpriseFeatures,
  ...noveltyFeatures,
  ...reportFeatures,
  ...localTimeFeatures,
  ...sessionFeatures,
  ...crossSectionFeatures,
  ...betaFeatures,
]);
