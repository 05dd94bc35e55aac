/** Files with every kind of broken line among sound ones, and what is to become of each line. */
import { article, barHeader, barLine } from "./lines-of.js";

type Case = readonly [line: string | Buffer, verdict: string];

const latin1 = Buffer.concat([Buffer.from('{"id":"l1","headline":"'), Buffer.from([0xe9, 0xff]), Buffer.from('"}')]);
const mebibyte = "x".repeat(1024 * 1024);

export const brokenNews: readonly Case[] = [
  [article({ id: "1" }), "accepted"],
  ["{broken", "MALFORMED_LINE"],
  ['{"id": "2", "published_at": "2015-09-30T20:00:00Z", "symbols": ["AAPL"], "headline": NaN}', "MALFORMED_LINE"],
  ["[1, 2]", "MALFORMED_LINE"],
  ["null", "MALFORMED_LINE"],
  ["", "skipped"],
  [article({ id: "3", symbols: ["NOPE"] }), "UNKNOWN_SYMBOL"],
  [article({ id: "4", symbols: ["NOPE", "$aapl", "C", "AAPL"] }), "accepted"],
  [article({ id: "5", symbols: [] }), "MISSING_FIELD"],
  [article({ id: "5", symbols: [7] }), "INVALID_FIELD"],
  [article({ id: "6", headline: "   " }), "MISSING_FIELD"],
  [article({ id: "6", headline: 12 }), "INVALID_FIELD"],
  [article({ id: undefined }), "MISSING_FIELD"],
  [article({ id: 418157151946035200 }), "INVALID_FIELD"],
  [article({ id: "7", published_at: "2015-02-30T10:00:00Z" }), "INVALID_TIME"],
  [article({ id: "7", published_at: "2015-02-03T10:00:00" }), "INVALID_TIME"],
  [article({ id: "7", published_at: "yesterday" }), "INVALID_TIME"],
  [article({ id: "7", published_at: 14436 }), "INVALID_TIME"],
  [article({ id: "12", published_at: 1443643200 }), "accepted"],
  [article({ id: "7", published_at: "2031-01-01T00:00:00Z" }), "TIME_IN_FUTURE"],
  [article({ id: "7", published_at: null }), "MISSING_FIELD"],
  [article({ id: "1" }), "duplicate"],
  [article({ id: "1", headline: "Something else" }), "DUPLICATE_ID"],
  [article({ id: "8", headline: mebibyte }), "TOO_LARGE"],
  [article({ id: "8", headline: "y".repeat(10_001) }), "TOO_LARGE"],
  [article({ id: "8", url: "ftp://example.org/a" }), "INVALID_FIELD"],
  [latin1, "MALFORMED_LINE"],
  [Buffer.from(article({ id: "9" }), "utf16le"), "MALFORMED_LINE"],
  [article({ id: "9", headline: "half a pair \ud83d, a bell \u0007" }), "accepted"],
  [`${article({ id: "10" })}\r`, "accepted"],
  [article({ id: "11", symbols: "KO; PEP" }), "accepted"],
];

export const brokenBars: readonly Case[] = [
  [barHeader, "skipped"],
  [barLine(), "accepted"],
  [barLine({ symbol: "NOPE" }), "UNKNOWN_SYMBOL"],
  [barLine({ symbol: "" }), "MISSING_FIELD"],
  [barLine({ date: "2015-09-29", open: "-110.1" }), "INVALID_PRICE"],
  [barLine({ date: "2015-09-29", close: "0" }), "INVALID_PRICE"],
  [barLine({ date: "2015-09-29", high: "NaN" }), "INVALID_PRICE"],
  [barLine({ date: "2015-09-29", low: "inf" }), "INVALID_PRICE"],
  [barLine({ date: "2015-09-29", adj_close: "-1" }), "INVALID_PRICE"],
  [barLine({ date: "2015-09-29", open: "1e999" }), "INVALID_PRICE"],
  [barLine({ date: "2015-09-29", open: "0x10" }), "INVALID_PRICE"],
  [barLine({ date: "2015-09-29", open: "" }), "MISSING_FIELD"],
  [barLine({ date: "2015-09-29", high: "100", low: "120" }), "INVALID_PRICE"],
  [barLine({ date: "2015-09-29", high: "110.2" }), "INVALID_PRICE"],
  [barLine({ date: "2015-09-29", volume: "-1" }), "INVALID_VOLUME"],
  [barLine({ date: "2015-09-29", volume: "NaN" }), "INVALID_VOLUME"],
  [barLine({ date: "2015-09-27" }), "EXCHANGE_CLOSED"],
  [barLine({ date: "2015-09-07" }), "EXCHANGE_CLOSED"],
  [barLine({ date: "30.09.2015" }), "INVALID_TIME"],
  [barLine({ date: "" }), "MISSING_FIELD"],
  [barLine({ date: "2016-01-04" }), "TIME_IN_FUTURE"],
  [barLine(), "duplicate"],
  [barLine({ close: "110.4" }), "DUPLICATE_ID"],
  ["AAPL,2015-09-29,1,2", "MALFORMED_LINE"],
  [`${barLine({ date: "2015-09-29" })},7`, "MALFORMED_LINE"],
  [barLine({ date: "2015-09-29", open: '"110.1' }), "MALFORMED_LINE"],
  [Buffer.from([0x41, 0xff, 0x2c]), "MALFORMED_LINE"],
  [mebibyte, "TOO_LARGE"],
  [barLine({ symbol: '"KO"', volume: "0" }), "accepted"],
  [barLine({ date: "2015-09-28" }), "accepted"],
];

/** The file of some cases: lines ended by LF. */
export function fileOf(cases: readonly Case[]): Buffer {
  return Buffer.concat(cases.flatMap(([line]) => [Buffer.from(line as string), Buffer.from("\n")]));
}
