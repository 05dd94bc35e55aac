/**
 * The features operator alone, in a process of its own: every symbol's bar of every minute, the market's cross-section and
 * some news, without Kafka. Bars are made before the clock starts; it runs while the operator does.
 *
 *     node --expose-gc operator-process.js SET SYMBOLS MINUTES
 */
import { findCalendar } from "../../../operators/calendar/calendars.js";
import { featureSetsByName } from "../../../operators/features/feature-sets.js";
import { features, type FeaturesInput } from "../../../operators/features/operator.js";
import { market } from "../../../operators/market/market.js";
import type { Input } from "../../../operators/operator.js";
import { PlainState } from "../../../operators/plain-state.js";
import { recordsOf, runOffline } from "../../../pipelines/offline/run.js";
import { openSentimentReader } from "../../../pipelines/offline/sentiment-reader.js";
import { simulateMinutes } from "../../../pipelines/index.js";
import { sentimentStage } from "../../../pipelines/stages/sentiment.js";
import { parseSchema } from "../../../pipelines/runtime/avro-types.js";
import { schemaText } from "../../../pipelines/runtime/codec.js";
import type { FeaturesState, MarketState } from "../../../schemas/generated/types.js";
import { rounded } from "./statistics.js";

export interface OperatorMessage {
  readonly operator?: {
    readonly features: number;
    /** Warm bars a second of this core; each gives a vector. */
    readonly barsPerSecond: number;
    /** Of a symbol's state as the changelog has it: in the middle, and at most. */
    readonly stateBytes: { readonly median: number; readonly most: number };
    /** Of all states on the heap, MiB. */
    readonly heap: number;
  };
}

const [name = "full", symbolCount = "5000", minuteCount = "60"] = process.argv.slice(2);
const [symbols, minutes] = [Number(symbolCount), Number(minuteCount)];
const collect = globalThis.gc;
const [set] = featureSetsByName([name]);
if (!set || !collect) throw new Error("operator-process.js needs a feature set and --expose-gc");
const heapUsed = (): number => {
  collect();
  collect();
  return process.memoryUsage().heapUsed / 2 ** 20;
};

const { router } = await openSentimentReader(undefined);
const read = { settings: { featureSets: [] }, routers: { sentiment: router } };
const marketState = new PlainState<MarketState>();
const services = { calendars: findCalendar, sets: [set] };
const state = new PlainState<FeaturesState>();
let [bars, milliseconds, minute] = [0, 0, 0];
for (const { bars: now, articles } of simulateMinutes({ symbols, minutes, missing: 0, newsPerMinute: symbols / 20 })) {
  minute += 1;
  const sentiments = recordsOf(await runOffline([sentimentStage], { "news.raw": articles }, read), "news.sentiment");
  const inputs: Input<FeaturesInput>[] = [
    ...sentiments.map((record) => ({ topic: "news.sentiment" as const, record })),
    ...now.map((record) => ({ topic: "market.bars" as const, record })),
  ];
  const isWarm = minute > set.warmUpBars;
  for (let start = 0; start < inputs.length; start += 1000) {
    const batch = inputs.slice(start, start + 1000);
    const started = performance.now();
    features.process(batch, state, services);
    if (isWarm) milliseconds += performance.now() - started;
  }
  if (isWarm) bars += now.length;
  for (const outcome of market.process(
    now.map((record) => ({ topic: "market.bars" as const, record })),
    marketState,
    services,
  )) {
    if (outcome.kind !== "emit") continue;
    features.process(
      outcome.records.map(({ record }) => ({ topic: "market.context" as const, record })),
      state,
      services,
    );
  }
}
const stateType = parseSchema(JSON.parse(schemaText("features.state.avsc")) as Parameters<typeof parseSchema>[0]);
const sizes = [...state]
  .filter(([key]) => !key.includes("|"))
  .map(([, value]) => stateType.toBuffer(value).length)
  .sort((one, other) => one - other);
const withStates = heapUsed();
state.clear();
const heap = withStates - heapUsed();
for (const end of ["SIGTERM", "disconnect"] as const) process.once(end, () => process.exit());
process.send?.({
  operator: {
    features: set.features.length,
    barsPerSecond: rounded((bars / milliseconds) * 1000, 0),
    stateBytes: { median: sizes[sizes.length >> 1] ?? NaN, most: sizes.at(-1) ?? NaN },
    heap: rounded(heap),
  },
} satisfies OperatorMessage);
