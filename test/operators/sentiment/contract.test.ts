import { after } from "node:test";
import { loadSentimentClassifier } from "../../../models/runtime/sentiment-classifier.js";
import { sentimentOperator } from "../../../operators/sentiment/sentiment.js";
import { bundledModel } from "../../models/runtime/artefacts.js";
import { contract } from "../contract.js";
import { article, day, routes, start } from "./fakes.js";

// The served encoder, not a fake: the contract requires that no text's result depends on its batch.
const classifier = await loadSentimentClassifier(bundledModel("sentiment"), { workers: 2 });
after(() => classifier.close());

const headlines = ["$AAPL beats estimates, shares soar", "Google misses; $GOOG falls", "Microsoft meets investors"];
const symbols = [["AAPL"], ["AAPL", "GOOG"], [], ["GOOG", "MSFT"]];

contract("sentiment", {
  operator: sentimentOperator,
  inputs: Array.from({ length: 120 }, (_, index) => ({
    topic: "news.raw" as const,
    record: article({
      // Every fifth is a repeat of the one before it.
      id: `article-${index % 5 === 4 ? index - 1 : index}`,
      headline: `${headlines[index % headlines.length]} (${index % 11})`,
      symbols: symbols[index % symbols.length] ?? [],
      availableAt: index === 50 ? NaN : start + index * 0.6 * day,
    }),
  })),
  services: routes({ AAPL: classifier, MSFT: classifier }),
  stateSchema: "sentiment.state.avsc",
});
