import assert from "node:assert/strict";
import { test } from "node:test";
import { symbolFindings, type Landed } from "../../../../pipelines/operations/doctor/symbols.js";
import { universeOfSymbols } from "../../../../pipelines/ingest/universe/index.js";

const last = new Date("2024-01-05T21:00:00Z");
const news = (symbol: string, hasBars: boolean): Landed["news"][number] => ({ symbol, articles: 3, last, hasBars });
const bars = (symbol: string, behind: number): Landed["bars"][number] => ({ symbol, interval: "1d", last, behind });
const sound: Landed = { news: [news("AAPL", true)], bars: [bars("AAPL", 0), bars("BRK-B", 3)], jumps: [] };
const summaries = (landed: Landed, universe?: Parameters<typeof symbolFindings>[1]): string[] =>
  symbolFindings(landed, universe).map(({ severity, summary }) => `${severity} ${summary}`);

test("symbols: news and bars that meet are well, and so is news before there are bars", () => {
  assert.deepEqual(summaries(sound), []);
  assert.deepEqual(summaries({ ...sound, bars: [] }), []);
});

test("symbols: news without bars, bars that ended, jumps", () => {
  assert.deepEqual(summaries({ ...sound, news: [...sound.news, news("TSLA", false)] }), [
    "warning 1 symbols have news of the last 30 days and no bars: TSLA (3)",
  ]);
  assert.deepEqual(summaries({ ...sound, bars: [bars("AAPL", 0), bars("OLD", 12)] }), [
    "warning 1 series have no more bars, while others go on: OLD 1d since 2024-01-05",
  ]);
  const jumps = [{ symbol: "AAPL", interval: "1d", time: last, factor: 0.2501 }];
  assert.match(summaries({ ...sound, jumps })[0] ?? "", /AAPL 1d 2024-01-05 by 0\.250$/);
});

test("symbols: against the universe that is configured", () => {
  assert.deepEqual(summaries(sound, universeOfSymbols(["AAPL", "BRK-B"])), []);
  assert.deepEqual(summaries(sound, universeOfSymbols(["BRK.B"], "mine.csv")), [
    "warning 1 symbols landed in another spelling than the universe's: BRK-B for BRK.B",
    "warning 1 symbols landed that mine.csv does not have: AAPL",
  ]);
});
