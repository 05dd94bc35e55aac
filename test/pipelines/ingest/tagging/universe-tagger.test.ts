import assert from "node:assert/strict";
import { test } from "node:test";
import { createUniverseTagger } from "../../../../pipelines/ingest/tagging/universe-tagger.js";
import { universeOf } from "../../../../pipelines/ingest/universe/listed-universe.js";
import { parseUniverse } from "../../../../pipelines/ingest/universe/parse.js";
import { madeUpHeadlines, madeUpUniverse } from "../../../bench/helpers/made-up-names.js";

const { lines } = parseUniverse(`symbol,name,aliases,formerly,not
BRK.B,Berkshire Hathaway Inc.,Berkshire,,berkshire hills
BAC,Bank of America,BofA,,
0700.HK,Tencent Holdings,700.HK,,
VOD.L,Vodafone Group plc,,,
M&M.NS,Mahindra & Mahindra,,,
BTC-USD,Bitcoin,,,
SHOP,Shopify,,,
META,"Meta Platforms, Inc.",Facebook,FB until 2022-06-09,
ROOT,Root Inc.,,,
ZORV,Zorvexia Corp.,,,
7203,Toyota,,,
RELIANCE,Reliance Industries,,,
BAJAJ-AUTO,Bajaj Auto,,,
600519,Kweichow Moutai,,,
NESN,Nestle,,,
ASML,Veldhoven Lithography,,,
`);
const exchanges: Readonly<Record<string, string>> = {
  ...{ "0700.HK": "XHKG", "VOD.L": "XLON", SHOP: "XTSE", "7203": "XTKS", RELIANCE: "XBOM", "BAJAJ-AUTO": "XBOM" },
  ...{ "600519": "XSHG", NESN: "XSWX", ASML: "XAMS" },
};
// The calendars of the exchanges play no part here.
const listed = lines.map(({ line, listing }) => ({
  line,
  listing: {
    ...listing,
    exchange: exchanges[listing.symbol],
  },
}));
const tagger = createUniverseTagger(universeOf("mine", listed).universe);
const tags = (text: string, at?: string): string =>
  tagger.tag(text, at === undefined ? undefined : Date.parse(at)).join(" ");

test("tickers in every spelling, with an exchange before or behind them", () => {
  const texts: Record<string, string> = {
    "$BRK.B and $brk-b rise": "BRK.B",
    "Deal closes (NYSE: BRK/B)": "BRK.B",
    "Bank shares (BAC.N) fall": "BAC",
    "Games maker 0700.HK falls": "0700.HK",
    "Shares of HKEX: 700 fall": "0700.HK",
    "Carrier (LSE: VOD) cuts its payout": "VOD.L",
    "VOD.L cuts its payout": "VOD.L",
    "M&M.NS recalls cars": "M&M.NS",
    "BTC-USD at a record": "BTC-USD",
    // Another listing of that ticker is not in the universe.
    "Carrier (NYSE: VOD) cuts its payout": "",
    "Shares of ASX: 700 fall": "",
    "Its shares (TSX: SHOP) fall": "SHOP",
    "Its shares (NYSE: SHOP) fall": "",
    "Carmaker (TYO: 7203) recalls cars": "7203",
    "Carmaker (TSE: 7203) recalls cars": "7203",
    "Refiner (BSE: RELIANCE) grows, as does (NSE: BAJAJ-AUTO)": "BAJAJ-AUTO RELIANCE",
    "Distiller (SSE: 600519) grows": "600519",
    "Foods (SIX: NESN) rise": "NESN",
    "Chips (Euronext Amsterdam: ASML) rise": "ASML",
    "Chips (AMS:ASML) rise": "ASML",
    "Chips (NASDAQ: ASML) rise": "",
    "Its number six: nesn": "",
    "TSX: 7203": "",
  };
  for (const [text, symbols] of Object.entries(texts)) assert.equal(tags(text), symbols, text);
});

test("names and aliases of the universe, not those of the bundled list", () => {
  assert.equal(tags("Facebook and Tencent report, Apple and Microsoft follow"), "0700.HK META");
  assert.equal(tags("Berkshire Hills buys a bank"), "");
  assert.equal(tags("Vodafone Group plc cuts jobs"), "VOD.L");
  assert.equal(tags("shares of vodafone fall"), "");
});

test("a former ticker means its company in its time", () => {
  assert.equal(tags("$FB rises", "2020-01-02T15:00:00Z"), "META");
  assert.equal(tags("$FB rises", "2023-01-02T15:00:00Z"), "");
  assert.equal(tags("$META rises", "2023-01-02T15:00:00Z"), "META");
});

test("a word of everyday English is a company only beside words that point to one", () => {
  for (const text of [
    "The Root Of The Matter",
    "The root cause of inflation",
    "Root prices rise",
    "How to Buy a Root in Spring",
  ])
    assert.equal(tags(text), "", text);
  for (const text of [
    "Root beats estimates",
    "Analysts upgrade Root",
    "Root's loss narrows",
    "Insurers like Root lost money",
  ])
    assert.equal(tags(text), "ROOT", text);
  assert.equal(tags("Zorvexia nabs award"), "ZORV");
  assert.equal(tags("A Zorvexia that nobody knew"), "");
});

test("another universe is another tagger", () => {
  const other = createUniverseTagger(universeOf("mine", listed.slice(1)).universe);
  assert.notEqual(tagger.description, other.description);
});

test("of 5,000 made-up names nine in ten tags are right, and most are found", () => {
  const listings = madeUpUniverse("test", 5000, new Set());
  const made = universeOf(
    "made up",
    listings.map((listing, index) => ({ line: index + 1, listing })),
  );
  assert.deepEqual(made.problems, []);
  const large = createUniverseTagger(made.universe);
  let [given, correct, wanted] = [0, 0, 0];
  for (const { text, symbols } of madeUpHeadlines("test", listings, 6000)) {
    const found = large.tag(text);
    given += found.length;
    wanted += symbols.length;
    correct += found.filter((symbol) => symbols.includes(symbol)).length;
  }
  assert.ok(correct / given > 0.92, `precision ${correct / given}`);
  assert.ok(correct / wanted > 0.9, `recall ${correct / wanted}`);
});
