import { join } from "node:path";
import { readConfig } from "../config.js";

/** The transformer that ships with the package, below the directory of the artefacts. */
export const defaultSentiment = "sentiment/minilm-l6/1.0.0";

export const defaultSentimentDirectory = (): string => join(readConfig().artifactDirectory, defaultSentiment);
