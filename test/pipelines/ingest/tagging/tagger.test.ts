import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseCompanies, readCompanies } from "../../../../pipelines/ingest/tagging/company-list.js";
import { createTagger } from "../../../../pipelines/ingest/tagging/tagger.js";
import { UserError } from "../../../../pipelines/runtime/errors.js";

const tagger = createTagger(readCompanies());
const own = createTagger(
  parseCompanies(
    `symbol,name,aliases,not
TGT,Target Corporation,,price target|target price
GPS,The Gap Inc.,,gap up|gap down|mind the gap
BRK.B,Berkshire Hathaway Inc.,,
GOOG,Alphabet Inc.,Google,
GOOGL,Alphabet Inc.,Google,
EBAY,eBay Inc.,,
DE,Deere & Company,John Deere,
NSRGY,Nestlé S.A.,,
A,Agilent Technologies,,
`,
    "a test",
  ),
);
const tags = (text: string): string => tagger.tag(text).join(" ");
const ownTags = (text: string): string => own.tag(text).join(" ");

function check(of: (text: string) => string, cases: readonly (readonly [string, string])[]): void {
  for (const [text, wanted] of cases) assert.equal(of(text), wanted, text);
}

test("cashtags", () => {
  check(tags, [
    ["$AAPL is up", "AAPL"],
    ["$aapl,$msft;$FB.", "AAPL FB MSFT"],
    ["long $BRK.A, $BRK/A or $brk-a", "BRK-A"],
    ["$T and $t", "T"],
    ["$t alone is slang", ""],
    ["$100 for U$D and LO$T, $A1", ""],
    ["$$AAPL $AAPL's $AAPL-long", "AAPL"],
    ["$AAPLX $NOPE", ""],
  ]);
  check(ownTags, [["$BRK-B $brk/b", "BRK.B"]]);
});

test("exchange forms and parentheses", () => {
  check(tags, [
    ["Gains for (NASDAQ: AAPL) and NYSE:BAC", "AAPL BAC"],
    ["(NYSE:BRK.A)", "BRK-A"],
    ["Nasdaq : msft", "MSFT"],
    ["rating (INTC), (BAC.N) and [KO:US]", "BAC INTC KO"],
    ["note (C) and (a)", ""],
    ["NYSE: closed today", ""],
    ["the (CEO) of an (IPO)", ""],
  ]);
});

test("bare tickers and hashtags, where capitals are a sign", () => {
  check(tags, [
    ["AAPL and MSFT lead", "AAPL MSFT"],
    ["aapl leads", ""],
    ["buy #FB #GE now", "FB GE"],
    ["#Apple #microsoft #BankOfAmerica #wellsfargo", "AAPL BAC MSFT WFC"],
    ["THIS CAT IS VERY LOUD AND ANGRY TODAY", ""],
  ]);
});

test("names: with and without what the law adds, in possessive, across hyphens, dots and ampersands", () => {
  check(tags, [
    ["Apple Inc. reports", "AAPL"],
    ["Shares of Apple fell", "AAPL"],
    ["Apple's profit and Microsoft’s loss", "AAPL MSFT"],
    ["The Walt Disney Co beats", "DIS"],
    ["coca-cola or Coca Cola", "KO"],
    ["JP Morgan, J.P. Morgan and JPMorgan Chase & Co", "JPM"],
    ["AT&T and Johnson and Johnson", "JNJ T"],
    ["P&G, Procter & Gamble", "PG"],
    ["Bank of America Corp. sues", "BAC"],
    ["Wal-Mart v. Walmart", "WMT"],
    ["Exxon Mobil, ExxonMobil, exxon", "XOM"],
    ["Unilever names both of its shares", "UL UN"],
    ["Royal Dutch Shell Plc", "RDS-B"],
    ["McDonald's, McDonalds", "MCD"],
  ]);
  check(ownTags, [
    ["Nestle and NESTLÉ", "NSRGY"],
    ["John Deere sells", "DE"],
    ["eBay wins", "EBAY"],
    ["Google", "GOOG GOOGL"],
  ]);
});

test("the longest name counts, and none runs over the end of a sentence", () => {
  check(tags, [
    ["Philip Morris International rises", "PM"],
    ["Duke Energy", "DUK"],
    ["He left the Duke. Energy stocks fell", ""],
    ["General Electric, General Dynamics", "GD GE"],
    ["He is a General. Electric cars sell", ""],
    ["Merck KGaA", ""],
  ]);
});

test("ordinary words: by capitals, neighbours and phrases that mean something else", () => {
  check(tags, [
    ["an apple a day", ""],
    ["Apple pie and Big Apple", ""],
    ["Visa beats estimates", "V"],
    ["He needs a visa to enter", ""],
    ["US visa rules; student visa", ""],
    ["Total stock market fund", ""],
    ["Oil major Total says output rose", "TOT"],
    ["A caterpillar eats; an oracle speaks", ""],
    ["Citi Field is sold out", ""],
  ]);
  check(ownTags, [
    ["Target raises outlook", "TGT"],
    ["Shares of Target fell", "TGT"],
    ["Target's sales", "TGT"],
    ["Price Target Raised at Goldman", ""],
    ["Their target is growth", ""],
    ["Target Hospitality opens", ""],
    ["Stocks gap up; Gap Down Monday; mind the gap", ""],
    ["Gap Inc. closes stores", "GPS"],
    ["Gap says sales fell", "GPS"],
    ["THE TARGET OF THIS SCAM WILL SURPRISE YOU", ""],
  ]);
});

test("addresses, user names and e-mail addresses name no company", () => {
  check(tags, [
    ["https://apple.com/microsoft http://t.co/AAPL www.facebook.com/x", ""],
    ["@Microsoft @AAPL someone@intel.com", ""],
    ["RT @x: Microsoft", "MSFT"],
  ]);
});

test("a list: header or none, quotes, comments, symbols alone; what is wrong is named with its line", () => {
  assert.deepEqual(parseCompanies('# ours\nibm,"International, Business",IBM | Big Blue\n\nX\n', "f"), [
    { symbol: "IBM", name: "International, Business", aliases: ["IBM", "Big Blue"], not: [] },
    { symbol: "X", name: "", aliases: [], not: [] },
  ]);
  assert.deepEqual(parseCompanies("Symbol,Not,Name\nV,work visa,Visa", "f")[0]?.not, ["work visa"]);
  const refused = (text: string, message: RegExp): void =>
    assert.throws(
      () => parseCompanies(text, "f.csv"),
      (error: Error) => error instanceof UserError && message.test(error.message),
    );
  refused("AAPL,Apple\nnot a symbol,Some", /Line 2 of f\.csv begins with no symbol/);
  refused("# nothing", /no company in f\.csv/);
  assert.throws(() => readCompanies("/no/such/file.csv"), /cannot be read/);
});

test("another list has another description, by which checkpoints distinguish them", () => {
  assert.notEqual(tagger.description, own.description);
  assert.equal(tagger.description, createTagger(readCompanies()).description);
});

test("property: any text gives known symbols, sorted, once each, whatever stands around them", () => {
  const known = new Set(readCompanies().map(({ symbol }) => symbol));
  const nasty = fc.array(
    fc.oneof(
      fc.string({ unit: "binary", maxLength: 12 }),
      fc.constantFrom(
        "$AAPL",
        "$",
        "$$$",
        "(((",
        "NYSE:",
        "Apple",
        "'s",
        "&",
        "#",
        "@",
        "Visa",
        "http://",
        "\u0000",
        "\ud800",
        "İ",
        "ﬁ",
        "e\u0301",
      ),
    ),
    { maxLength: 30 },
  );
  fc.assert(
    fc.property(nasty, (pieces) => {
      const text = pieces.join("");
      const found = tagger.tag(text);
      assert.deepEqual(found, [...new Set(found)].sort());
      for (const symbol of found) assert.ok(known.has(symbol));
      assert.deepEqual(tagger.tag(text), found);
      assert.ok(tagger.tag(`${text}\n$KO\n${text}`).includes("KO"));
    }),
    { numRuns: 300 },
  );
});

test("a large list and a huge text do no harm", () => {
  const companies = Array.from({ length: 6_000 }, (_, index) => ({
    symbol: `S${index}`,
    name: `Common Name ${index} Holdings Inc.`,
    aliases: [`Alias${index}`],
    not: [],
  }));
  const large = createTagger(companies);
  assert.deepEqual(large.tag("common name 4711 rises, Alias12 falls"), ["S12", "S4711"]);
  assert.deepEqual(large.tag("common ".repeat(200_000)), []);
  assert.deepEqual(large.tag(`${"(".repeat(500_000)}Alias12`), [], "only the beginning of a text is looked at");
});
