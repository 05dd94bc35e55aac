/** Symbols of lines, by the real readers. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { anySymbol, universeOfSymbols } from "../../../../pipelines/ingest/universe/index.js";
import { article, barHeader, barLine, outcomesOf, verdict } from "../helpers/lines-of.js";

async function symbolsOf(given: unknown, universe = anySymbol): Promise<string> {
  const [outcome] = await outcomesOf("news", article({ symbols: given }), { symbols: universe });
  if (outcome?.outcome === "accepted") return outcome.record.symbols.join(" ");
  return outcome?.outcome === "rejected" ? `${outcome.rejection.code}: ${outcome.rejection.reason}` : "";
}

async function symbolOf(given: string, universe = anySymbol): Promise<string> {
  const [, outcome] = await outcomesOf("bars", [Buffer.from(`${barHeader}\n${barLine({ symbol: given })}`)], {
    symbols: universe,
  });
  if (outcome?.outcome === "accepted") return outcome.record.symbol;
  return outcome?.outcome === "rejected" ? `${outcome.rejection.code}: ${outcome.rejection.reason}` : "";
}

test("an article's symbols, however a program lists them", async () => {
  const lists: [unknown, string][] = [
    [["AAPL", "MSFT"], "AAPL MSFT"],
    ["AAPL MSFT", "AAPL MSFT"],
    ["AAPL;MSFT", "AAPL MSFT"],
    ["AAPL|MSFT", "AAPL MSFT"],
    ["AAPL, MSFT", "AAPL MSFT"],
    ["['AAPL', 'MSFT']", "AAPL MSFT"],
    ['["AAPL"]', "AAPL"],
    ["{AAPL,MSFT}", "AAPL MSFT"],
    [[{ name: "AAPL" }, { ticker: "msft" }], "AAPL MSFT"],
    ["aapl $msft", "AAPL MSFT"],
    ["BRK.B brk-b BRK/B", "BRK-B"],
    ["M&M.NS;ES1!;0700.HK;EURUSD=X;BTC-USD;BTC/USD;VOD.L", "0700.HK BTC-USD BTC/USD ES1! EURUSD=X M&M.NS VOD.L"],
  ];
  for (const [given, symbols] of lists) assert.equal(await symbolsOf(given), symbols, JSON.stringify(given));
  for (const none of ["", " ", "[]", [], "; ,"])
    assert.match(await symbolsOf(none), /^MISSING_FIELD/, JSON.stringify(none));
});

test("one symbol as Bloomberg writes it is not taken for two", async () => {
  for (const given of ["AAPL US", "VOD LN", "700 HK", "AAPL US Equity", "EURUSD Curncy"])
    assert.match(await symbolsOf(given), /^INVALID_FIELD: .*Bloomberg.*alias/, given);
  assert.equal(await symbolsOf("AAPL US", universeOfSymbols(["AAPL", "US"])), "AAPL US");
  assert.match(await symbolsOf(["AAPL US"]), /^INVALID_FIELD: symbol "AAPL US" holds a space/);
});

test("an article of unknown symbols alone is refused, each with its reason", async () => {
  const universe = universeOfSymbols(["AAPL"], "mine.csv");
  assert.equal(await symbolsOf(["AAPL", "TSLA"], universe), "AAPL");
  assert.equal(await symbolsOf(["TSLA"], universe), 'UNKNOWN_SYMBOL: symbol "TSLA" is no symbol of mine.csv');
  assert.match(
    await symbolsOf(["TSLA", "NASDAQ:AAPL"], universe),
    /^UNKNOWN_SYMBOL: no symbol is known: "TSLA" is no symbol of mine\.csv; "NASDAQ:AAPL" names an exchange/,
  );
  assert.match(
    await symbolsOf("NASDAQ:AAPL"),
    /^INVALID_FIELD: symbol "NASDAQ:AAPL" names an exchange.*write the symbol alone/,
  );
});

test("every symbol of the case is taken as it stands or refused for what is wrong with it", async () => {
  const expected: Record<string, string> = {
    aapl: "AAPL",
    "BRK.B": "BRK-B",
    "BRK-B": "BRK-B",
    "BRK/B": "BRK-B",
    "BRK B": "INVALID_FIELD",
    BRKb: "INVALID_FIELD",
    "TSX:SHOP": "INVALID_FIELD",
    "BTC/USDT:USDT": "INVALID_FIELD",
    $SPX: "SPX",
    "AAPL US Equity": "INVALID_FIELD",
    "NASDAQ:AAPL": "INVALID_FIELD",
    _TEST: "INVALID_FIELD",
    "ÅF.ST": "INVALID_FIELD",
  };
  const file = readFileSync(
    new URL("../../../../../test/fixtures/cases/bars/B30-symbols.csv", import.meta.url),
    "utf8",
  );
  const lines = file.trim().split(/\r?\n/).slice(1);
  assert.ok(lines.length > 20);
  for (const line of lines) {
    const given = line.split(",")[0] ?? "";
    const taken = await symbolOf(given);
    const symbol = expected[given] ?? given;
    assert.ok(taken === symbol || taken.startsWith(`${symbol}: `), `${given}: ${taken}`);
  }
});

test("the lists of the case: what a program prints, an exchange before and behind a symbol, none at all", async () => {
  const file = readFileSync(
    new URL("../../../../../test/fixtures/cases/news/N19-symbol-lists.csv", import.meta.url),
    "utf8",
  );
  const now = (): number => Date.parse("2024-02-01T00:00:00Z");
  const outcomes = await outcomesOf("news", [Buffer.from(file)], { symbols: anySymbol, now });
  assert.deepEqual(
    outcomes.map((outcome) => (outcome.outcome === "accepted" ? outcome.record.symbols.join(" ") : verdict(outcome))),
    [
      "skipped",
      "AAPL MSFT",
      "AAPL MSFT",
      "AAPL",
      "AAPL MSFT",
      "INVALID_FIELD",
      "BRK-B",
      "MISSING_FIELD",
      "INVALID_FIELD",
    ],
  );
});

test("spellings of one listing in one file meet: a bar that repeats another is a duplicate, one that differs is refused", async () => {
  const csv = (...lines: string[]): Buffer[] => [Buffer.from([barHeader, ...lines].join("\n"))];
  const lines = [
    barLine({ symbol: "BRK.B" }),
    barLine({ symbol: "BRK-B" }),
    barLine({ symbol: "BRK/B", close: "111" }),
  ];
  const outcomes = await outcomesOf("bars", csv(...lines), { symbols: anySymbol });
  assert.deepEqual(outcomes.map(verdict), ["skipped", "accepted", "duplicate", "DUPLICATE_ID"]);
});
