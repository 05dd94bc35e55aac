import assert from "node:assert/strict";
import { test } from "node:test";
import { parseFeed } from "../../../../pipelines/ingest/feeds/parse.js";
import { givenSymbols } from "../../../../pipelines/ingest/feeds/tickers.js";
import { universeOf } from "../../../../pipelines/ingest/universe/listed-universe.js";
import { parseUniverse } from "../../../../pipelines/ingest/universe/parse.js";
import { anySymbol, universeOfSymbols } from "../../../../pipelines/ingest/universe/index.js";

const known = universeOfSymbols(["ACME", "BRK-B", "IBM", "VOD.L", "0700.HK"]);

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

const mine = universeOf(
  "mine",
  parseUniverse(`symbol,name,exchange,aliases
VOD,Vodafone,XLON,
7203,Toyota,XTKS,
0700.HK,Tencent,XHKG,
500325,Reliance,XBOM,
M&M,Mahindra,XBOM,
600519.SS,Moutai,XSHG,
NESN,Nestle,XSWX,
ASML,ASML,XAMS,
TECK.A,Teck,XTSE,
TECK-B.TO,Teck,XTSE,
BT-A.L,BT,XLON,
BMW.DE,BMW,XETR,
IBM,IBM,XNYS,
ACME,Acme,XNAS,
BRK-B,Berkshire,,
BTC,Bitcoin,24/7,
`).lines,
).universe;

test("a listing is of the exchange that is named, whether its symbol has an ending or not", () => {
  const found: Record<string, string> = {
    "LSE:VOD LON:VOD.L XLON:VOD AIM:VOD": "VOD",
    "TYO:7203, TSE:7203, XTKS:7203, TYO:7203.T": "7203",
    "HKEX:700, SEHK:00700, HKG:0700": "0700.HK",
    "BSE:500325, BOM:500325": "500325",
    "NSE:M&M": "M&M",
    "SHA:600519, SSE:600519": "600519.SS",
    "SWX:NESN, SIX:NESN": "NESN",
    "AMS:ASML, Euronext Amsterdam: ASML": "ASML",
    "TSX:TECK.A": "TECK.A",
    "TSX:TECK.B": "TECK-B.TO",
    "LSE:BT.A, LSE:BT-A": "BT-A.L",
    "ETR:BMW, XETRA:BMW, FRA:BMW": "BMW.DE",
    "NYSE:IBM, NASDAQ:IBM, US:IBM": "IBM",
    "NYSE:BRK.B": "BRK-B",
    // Without an exchange it is the universe's.
    "VOD,7203,BTC": "7203 BTC VOD",
  };
  for (const [text, symbols] of Object.entries(found)) {
    const parted = text.includes(",") ? text : text.split(/ (?=[A-Z]+:)/).join(",");
    assert.deepEqual(given(`<x:ticker>${parted.replaceAll("&", "&amp;")}</x:ticker>`, mine), [symbols, ""], text);
  }
  const unknown =
    "NYSE:VOD,NASDAQ:7203,NYSE:NESN,OTC:ASML,NYSE:BTC,LSE:IBM,LSE:ACME,TSX:VOD,ASX:700,TYO:6758,TSX:TECK,TSE:VOD,SZSE:600519";
  for (const text of unknown.split(",")) assert.deepEqual(given(`<x:ticker>${text}</x:ticker>`, mine), ["", text]);
  for (const text of unknown.split(",")) {
    // In a category with no scheme as well.
    assert.equal(given(`<category>${text}</category>`, mine)[0], "", text);
  }
});
