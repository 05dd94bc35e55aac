/** One hop that does next to nothing: what is measured is the way through the broker. */
import { emit, type Operator } from "../../../operators/operator.js";
import { defineStage } from "../../../pipelines/runtime/stage/definition.js";
import type { FeatureVector, NewsSentiment } from "../../../schemas/generated/types.js";
import { sentimentOf } from "../../helpers/count-stage.js";

const symbols = 60;

/** About 400 bytes in Avro. */
export function hopInput(id: string, index: number): NewsSentiment {
  return { ...sentimentOf(index, symbols), id, articleId: "a".repeat(240) };
}

const values = Array.from({ length: 30 }, (_, index) => index / 7);

/** What the hop makes of a record. */
export const pass = ({ id, symbol, eventTime, asOf, origin, score }: Readonly<NewsSentiment>): FeatureVector => ({
  id,
  symbol,
  featureSet: "hop",
  values,
  triggerId: id,
  trigger: "sentiment",
  sequence: 1,
  eventTime,
  asOf,
  origin,
  interval: "1d",
  barId: "",
  barTime: 0,
  close: 1,
  sentimentMean: score,
  sentimentCount: 1,
  sentimentModel: null,
  marketId: null,
});

const operator: Operator<"news.sentiment", "features"> = {
  name: "hop",
  process: (batch) => batch.map(({ record }) => emit({ topic: "features", record: pass(record) })),
};

/** @param name its group and transactional ids follow from it, so that each run reads from the beginning */
export const hopStage = (name: string) =>
  defineStage({
    name,
    inputs: ["news.sentiment"],
    outputs: ["features"],
    operator,
    models: [],
    batch: { records: 500 },
    description: "benchmark: passes on what it sees",
  });
