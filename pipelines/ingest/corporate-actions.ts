import type { Bar } from "../../schemas/generated/types.js";
import { isMissing, price, shown, finiteNumber, type Fields } from "./fields.js";
import { limits } from "./limits.js";
import { Refusal } from "./outcome.js";

/** Close of the symbol's bar before this moment, in the same interval; undefined when it is not known. */
export type CloseBefore = (symbol: string, interval: string, eventTime: number) => number | undefined;

/** What a bar has about its share rather than about its trading. */
export type CorporateActions = Pick<Bar, "adjustment" | "split" | "dividendFactor">;

/**
 * The factors of a bar from `split`, `dividend` or `dividend_factor`, and `adj_close`.
 *
 * A dividend D a new share, ex at this bar's open, after a close of P and with a split of S new shares for one old, is
 * the factor P / (P − D × S): the price without the dividend falls by as much as the factor lifts it.
 *
 * @param closeBefore close of the bar before, looked up only where a dividend needs it
 * @throws Refusal; above all for `adj_close` beside a split or dividend: adjusted prices hold both already
 */
export function corporateActions(
  fields: Fields,
  close: number,
  closeBefore: () => number | undefined,
): CorporateActions {
  const split = factor(fields, "split");
  const given = factor(fields, "dividend_factor");
  const dividend = isMissing(fields["dividend"]) ? 0 : finiteNumber(fields, "dividend");
  if (dividend < 0) throw new Refusal("INVALID_FIELD", `dividend is ${shown(fields["dividend"])}, below 0`);
  if (dividend > 0 && !isMissing(fields["dividend_factor"])) {
    throw new Refusal("INVALID_FIELD", "dividend and dividend_factor are both given; one of them says it all");
  }
  const dividendFactor = dividend > 0 ? dividendFactorOf(dividend, split, closeBefore()) : given;
  const adjustment = isMissing(fields["adj_close"]) ? 1 : price(fields, "adj_close") / close;
  if (!(adjustment > 0 && Number.isFinite(adjustment))) {
    throw new Refusal("INVALID_PRICE", "adj_close and close are too far apart");
  }
  if (!isMissing(fields["adj_close"]) && (split !== 1 || dividendFactor !== 1)) {
    const named = split !== 1 ? "a split" : "a dividend";
    throw new Refusal(
      "INVALID_FIELD",
      `adj_close is given together with ${named}: adjusted prices hold it already and it would count twice; leave one out`,
    );
  }
  return { adjustment, split, dividendFactor };
}

function factor(fields: Fields, name: string): number {
  if (isMissing(fields[name])) return 1;
  const value = finiteNumber(fields, name);
  if (value > 0) return value;
  throw new Refusal(
    "INVALID_FIELD",
    `${name} is ${shown(fields[name])}, not above 0; leave it out where there is none`,
  );
}

function dividendFactorOf(dividend: number, split: number, before: number | undefined): number {
  if (before === undefined) {
    throw new Refusal(
      "MISSING_FIELD",
      "dividend needs the close of the symbol's bar before this one, which the file does not have above it; put that bar first, or give dividend_factor",
    );
  }
  const perOldShare = dividend * split;
  const value = before / (before - perOldShare);
  if (perOldShare < before && Number.isFinite(value)) return value;
  throw new Refusal(
    "INVALID_FIELD",
    `dividend × split is ${perOldShare}, not less than the close before it, ${before}`,
  );
}

interface Close {
  readonly time: number;
  readonly close: number;
}

/**
 * Closes of the last two bars of each series of a file: two, so that a correction of the last bar still finds the one
 * before it.
 */
export class RecentCloses {
  readonly #series = new Map<string, { last: Close; before: Close | undefined }>();

  constructor(private readonly maximum: number = limits.seriesRemembered) {}

  readonly closeBefore: CloseBefore = (symbol, interval, eventTime) => {
    const known = this.#series.get(`${symbol} ${interval}`);
    return [known?.last, known?.before].find((bar) => bar !== undefined && bar.time < eventTime)?.close;
  };

  note({ symbol, interval, eventTime, close }: Pick<Bar, "symbol" | "interval" | "eventTime" | "close">): void {
    const key = `${symbol} ${interval}`;
    const known = this.#series.get(key);
    const bar = { time: eventTime, close };
    if (known === undefined) {
      this.#series.set(key, { last: bar, before: undefined });
      const [oldest] = this.#series.keys();
      if (this.#series.size > this.maximum && oldest !== undefined) this.#series.delete(oldest);
    } else if (eventTime === known.last.time) known.last = bar;
    else if (eventTime > known.last.time) this.#series.set(key, { last: bar, before: known.last });
    else if (eventTime === known.before?.time) known.before = bar;
  }
}
