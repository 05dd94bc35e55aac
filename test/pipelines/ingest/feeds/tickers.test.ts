import assert from "node:assert/strict";
import { test } from "node:test";
import { parseFeed } from "../../../../pipelines/ingest/feeds/parse.js";
import { givenSymbols } from "../../../../pipelines/ingest/feeds/tickers.js";
import { anySymbol, symbolList } from "../../../../pipelines/ingest/symbols.js";

const known = symbolList(["ACME", "BRK-B", "IBM", "VOD.L", "0700.HK"]);

function given(inside: string, list = known): [string, string] {
  const [item] = parseFeed(
    `<rss><channel><item><title>x</title>${inside}</item></channel></rss>`,
    "https://x.example/",
  ).items;
  assert.ok(item);
  const { symbols, unknown } = givenSymbols(item, list);
  return [symbols.join(" "), unknown.join(" ")];
}

test("tickers that feeds give, in the forms of several providers", () => {
  const cases: Record<string, [string, string]> = {
    '<category domain="https://www.globenewswire.com/rss/stock">Nasdaq:ACME</category>': ["ACME", ""],
    "<sa:stock><sa:symbol>ACME</sa:symbol></sa:stock><sa:stock><sa:symbol>ZZZ</sa:symbol></sa:stock>": ["ACME", "ZZZ"],
    "<ndaq:tickers>NYSE:IBM, Nasdaq: ACME</ndaq:tickers>": ["ACME IBM", ""],
    "<nasdaq:tickers>IBM,ACME</nasdaq:tickers>": ["ACME IBM", ""],
    '<category type="symbol" link="https://x.example/symbol/IBM">IBM</category>': ["IBM", ""],
    '<bz:ticker exchange="NYSE">IBM</bz:ticker>': ["IBM", ""],
    "<category>$IBM</category><category>NYSE: BRK.B</category>": ["BRK-B IBM", ""],
    "<category>Mergers: IBM</category><category>IBM</category>": ["", ""],
    "<stock:tickers>LSE:VOD | HKEX:700</stock:tickers>": ["0700.HK VOD.L", ""],
    // The same letters at another exchange are another company.
    "<x:ticker>TSX:IBM</x:ticker><x:ticker>Nowhere:IBM</x:ticker>": ["", "TSX:IBM Nowhere:IBM"],
    '<category domain="https://x.example/rss/ISIN">US0378331005</category>': ["", ""],
  };
  for (const [inside, wanted] of Object.entries(cases)) assert.deepEqual(given(inside), wanted, inside);
  assert.deepEqual(given("<x:ticker>TSX:IBM</x:ticker><x:ticker>not one</x:ticker>", anySymbol), [
    "IBM.TO NOT ONE",
    "",
  ]);
});
