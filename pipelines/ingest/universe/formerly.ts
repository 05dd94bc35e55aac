import { isWellFormedSymbol, normalSymbol, symbolFault } from "./spelling.js";
import type { FormerTicker } from "./universe.js";

const form = /^(\S+)(?:\s+until\s+(\d{4}-\d{2}-\d{2}))?$/i;

/** Whether a text is a day of the calendar, `YYYY-MM-DD`; `Date.parse` takes February 30th. */
export function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

/** A problem with a part of a line: the text, what is wrong with it, and what to do. */
export type Complain = (value: string, problem: string, remedy: string) => void;

/**
 * Former tickers from `FB until 2022-06-09`, several parted by `;`. The day is the first on which it was not the ticker
 * any more. They come out with the earliest first; one without a day comes last.
 */
export function parseFormerly(text: string, complain: Complain): FormerTicker[] {
  const tickers: FormerTicker[] = [];
  for (const part of text
    .split(/[;|]/)
    .map((item) => item.trim())
    .filter((item) => item !== "")) {
    const [, ticker = "", until] = form.exec(part) ?? [];
    const symbol = normalSymbol(ticker);
    if (ticker === "")
      complain(part, "is no former ticker", "Write it like `FB until 2022-06-09`, several parted by `;`.");
    else if (!isWellFormedSymbol(symbol))
      complain(ticker, `${symbolFault(ticker) ?? ""}`, "Correct the former ticker.");
    else if (until !== undefined && !isDate(until))
      complain(until, "is no day", "Write the first day of the new ticker like 2022-06-09.");
    else tickers.push({ symbol, until });
  }
  tickers.sort((one, other) => ((one.until ?? "9999") < (other.until ?? "9999") ? -1 : 1));
  for (const [index, { symbol, until }] of tickers.entries()) {
    const next = tickers[index + 1];
    if (next === undefined || next.until !== until) continue;
    const when = until === undefined ? "without a day" : `until ${until}`;
    complain(
      `${symbol}; ${next.symbol}`,
      `are both former tickers ${when}`,
      "Give each the first day of the ticker after it: renames follow each other.",
    );
  }
  return tickers;
}
