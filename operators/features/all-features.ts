import type { Feature } from "./feature.js";
import { barFeatures } from "./indicators/bar-features.js";
import { localTimeFeatures } from "./calendar/local-time.js";
import { sessionFeatures } from "./calendar/session-features.js";
import { withInteractions } from "./interactions/interactions.js";
import { betaFeatures } from "./market/beta.js";
import { crossSectionFeatures } from "./market/cross-section.js";
import { robustFeatures } from "./market/robust.js";
import { decayedSentimentFeatures } from "./news/decayed-sentiment.js";
import { disagreementFeatures } from "./news/disagreement.js";
import { noveltyFeatures } from "./news/novelty.js";
import { reportFeatures } from "./news/report-rhythm.js";
import { surpriseFeatures } from "./news/surprise.js";

const withoutRobust = withInteractions([
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

/** All features there are, by chapter as far as pinned sets allow, whether or not one has them. */
export const allFeatures: readonly Feature[] = [...withoutRobust, ...robustFeatures];
