import { isListing, readUniverse, type Universe } from "../../ingest/index.js";
import {
  jumpsInBars,
  symbolsInBars,
  symbolsInNews,
  type LandedJump,
  type LandedSeries,
  type LandedSymbol,
} from "../../queries/landed-symbols.js";
import { orOk, warning, type Check, type Finding } from "./check.js";

/** Looked at, before the newest article and the newest bar. */
const days = 30;
/** A symbol whose bars end so many days before the newest bar of its interval has ended. */
const endedAfterDays = 7;
/** As much as no return is without a split. */
const jumpFactor = 1.8;

export interface Landed {
  readonly news: readonly LandedSymbol[];
  readonly bars: readonly LandedSeries[];
  readonly jumps: readonly LandedJump[];
}

const some = (texts: readonly string[]): string => texts.slice(0, 5).join(", ") + (texts.length > 5 ? ", …" : "");
const check = "newstape universe check FILE --news F --bars F says it before anything is sent";

/** @param universe the one that the configuration names */
export function symbolFindings({ news, bars, jumps }: Landed, universe?: Universe): Finding[] {
  const findings: Finding[] = [];
  const find = (texts: readonly string[], what: string, explanation: string, fix: string): void => {
    if (texts.length > 0) findings.push(warning(`${texts.length} ${what}: ${some(texts)}`, explanation, fix));
  };
  find(
    // A table without any bar is a pipeline that has none yet.
    bars.length === 0
      ? []
      : news.filter(({ hasBars }) => !hasBars).map(({ symbol, articles }) => `${symbol} (${articles})`),
    `symbols have news of the last ${days} days and no bars`,
    "Their news gives no signal. They may be spelt otherwise in the bars, or be former tickers.",
    `Publish their bars, or join the spellings in a universe (aliases, formerly); ${check}.`,
  );
  find(
    bars
      .filter(({ behind }) => behind > endedAfterDays)
      .map(({ symbol, interval, last }) => `${symbol} ${interval} since ${last.toISOString().slice(0, 10)}`),
    "series have no more bars, while others go on",
    "Delisted, renamed, or their source has ended; signals of theirs join news to an old price.",
    "Publish what is missing; a renamed share is joined by `formerly` of a universe.",
  );
  find(
    jumps.map(
      ({ symbol, interval, time, factor }) =>
        `${symbol} ${interval} ${time.toISOString().slice(0, 10)} by ${factor.toPrecision(3)}`,
    ),
    `bars of the last ${days} days are further from the one before than prices go`,
    "A split that the bars do not have, another unit, or another share under the same symbol.",
    "Publish the bar again with its split; the correction goes through.",
  );
  if (universe?.listings !== undefined) {
    const { strange, respelt } = againstUniverse(new Set([...news, ...bars].map(({ symbol }) => symbol)), universe);
    find(
      respelt,
      "symbols landed in another spelling than the universe's",
      "They were published by way of another universe, or past ingest; what comes under the universe's spelling does not meet them.",
      "Publish them again with the universe, or take their spelling for the universe's.",
    );
    find(
      strange,
      `symbols landed that ${universe.name} does not have`,
      "They were published by way of another universe, or past ingest.",
      "Add them to the universe, or name the universe that they came by in NEWSTAPE_UNIVERSE.",
    );
  }
  return findings;
}

function againstUniverse(symbols: ReadonlySet<string>, universe: Universe): { strange: string[]; respelt: string[] } {
  const strange: string[] = [];
  const respelt: string[] = [];
  for (const symbol of symbols) {
    const found = universe.find(symbol);
    if (!isListing(found)) strange.push(symbol);
    else if (found.symbol !== symbol) respelt.push(`${symbol} for ${found.symbol}`);
  }
  return { strange, respelt };
}

export const symbols: Check = {
  name: "symbols",
  looksAt: `symbols of the news and bars that landed in their last ${days} days: news without bars, bars that ended, jumps`,
  needs: ["database"],
  async run({ database, config }) {
    const [news, bars, jumps] = await Promise.all([
      symbolsInNews(database, days),
      symbolsInBars(database, days),
      jumpsInBars(database, days, jumpFactor),
    ]);
    const universe = config.universe === undefined ? undefined : readUniverse(config.universe);
    const inNews = new Set(news.map(({ symbol }) => symbol));
    const quiet = new Set(bars.map(({ symbol }) => symbol).filter((symbol) => !inNews.has(symbol)));
    return orOk(
      symbolFindings({ news, bars, jumps }, universe),
      `${inNews.size} symbols with news, all of them with bars; ${quiet.size} more with bars alone`,
    );
  },
};
