import type { Bar } from "../../schemas/generated/types.js";
import { finiteNumber, isMissing, price, shown, type Fields } from "./fields.js";
import { Refusal } from "./outcome.js";
import type { SeriesBar, Witness } from "./series.js";

/** What a bar has about its share rather than about its trading. */
export type CorporateActions = Pick<Bar, "adjustment" | "split" | "dividendFactor">;

/** What the prices of a file hold already, and what is therefore not counted again. */
export type Adjusted = "none" | "splits" | "all";
export const adjustedChoices: readonly Adjusted[] = ["none", "splits", "all"];

/** The bar's own prices, the bar before it in the file, and what the user says of the prices. */
export interface ActionContext {
  readonly open: number;
  readonly close: number;
  readonly before: SeriesBar | undefined;
  readonly adjusted?: Adjusted | undefined;
}

/**
 * The factors of a bar from `split`, `dividend` or `dividend_factor`, and `adj_close`.
 *
 * A dividend D a new share, ex at this bar's open, after a close of P and with a split of S new shares for one old, is
 * the factor P / (P − D × S): the price without the dividend falls by as much as the factor lifts it.
 *
 * Where a line has all of them (Tiingo, Alpha Vantage, yfinance), the split and the dividend are counted and `adj_close` is
 * their witness: it shows whether the close was as traded or adjusted for splits, and contradictions are refused. With
 * `adj_close` alone the adjustment is adj_close / close.
 *
 * @throws Refusal
 */
export function corporateActions(
  fields: Fields,
  context: ActionContext,
): { readonly actions: CorporateActions; readonly witness?: Witness } {
  const { close, before, adjusted } = context;
  const split = adjusted === "splits" || adjusted === "all" ? 1 : splitOf(fields);
  const dividendFactor = adjusted === "all" ? 1 : dividendFactorOf(fields, split, before?.close);
  const ratio = isMissing(fields["adj_close"]) ? undefined : price(fields, "adj_close") / close;
  if (ratio !== undefined && !(ratio > 0 && Number.isFinite(ratio))) {
    throw new Refusal("INVALID_PRICE", "adj_close and close are too far apart");
  }
  if (ratio === undefined) {
    if (before?.isAdjustment === true) {
      throw new Refusal("MISSING_FIELD", "adj_close is missing, and the symbol's bar before this one has it");
    }
    if (adjusted === undefined) refuseCountedTwice(split, context);
    return { actions: { adjustment: 1, split, dividendFactor } };
  }
  if (adjusted !== "all" && isTold(fields, before)) {
    const witness = { adjusted: ratio, rounding: rounding(fields["adj_close"]) + rounding(fields["close"]) };
    const actions = witnessed(split, dividendFactor, witness, fields, context);
    return { actions, witness: { ...witness, isAdjustment: false } };
  }
  if (split !== 1 || dividendFactor !== 1)
    throw together(split, "adjusted prices hold it already and it would count twice");
  if (before !== undefined && before.adjusted === undefined) {
    throw new Refusal("INVALID_FIELD", "adj_close is given, and the symbol's bar before this one has none");
  }
  return {
    actions: { adjustment: ratio, split, dividendFactor },
    witness: { adjusted: ratio, rounding: 0, isAdjustment: true },
  };
}

/** Whether splits and dividends are told beside adj_close, here or, where a line leaves them out, on the bar before. */
function isTold(fields: Fields, before: SeriesBar | undefined): boolean {
  if (before?.adjusted !== undefined) return before.isAdjustment !== true;
  return "split" in fields && ("dividend" in fields || "dividend_factor" in fields);
}

const together = (split: number, why: string): Refusal =>
  new Refusal(
    "INVALID_FIELD",
    `adj_close is given together with ${split !== 1 ? "a split" : "a dividend"}: ${why}; leave one out`,
  );

/** How far two ratios of rounded prices may lie apart, in logarithms. */
const witnessTolerance = 0.003;

/** The split and the dividend as counted, once adj_close agrees with them. */
function witnessed(
  split: number,
  dividendFactor: number,
  { adjusted: ratio, rounding: error }: Pick<Witness, "adjusted" | "rounding">,
  fields: Fields,
  { open, before }: ActionContext,
): CorporateActions {
  const counted = { adjustment: 1, split, dividendFactor };
  if (before?.adjusted === undefined) return counted;
  const change = Math.log(ratio / before.adjusted);
  const tolerance = witnessTolerance + error + (before.rounding ?? 0);
  const agrees = (factor: number): boolean => Math.abs(change - Math.log(factor)) <= tolerance;
  if (agrees(split * dividendFactor)) return counted;
  if (split !== 1 && fits(1, open, before) < fits(split, open, before)) {
    const alone = dividendFactorOf(fields, 1, before.close);
    if (agrees(alone)) return { adjustment: 1, split: 1, dividendFactor: alone };
  }
  if (split !== 1 || dividendFactor !== 1) throw together(split, "they contradict each other");
  throw new Refusal(
    "INVALID_FIELD",
    `adj_close / close goes from ${before.adjusted.toPrecision(6)} to ${ratio.toPrecision(6)} without a split or a dividend`,
  );
}

/** Half of a price's last digit, as a share of it. */
function rounding(raw: unknown): number {
  const text = String(raw).trim();
  const digits = /\.(\d+)$/.exec(text)?.[1]?.length ?? 0;
  return 0.5 / (Math.abs(Number(text)) * 10 ** digits);
}

/** How far the open lies from the close before it, in logarithms, if the split was this one. */
const fits = (split: number, open: number, before: SeriesBar): number =>
  Math.abs(Math.log((open * split) / before.close));

/** Below this a night's change of the price can look like the split. */
const smallestTold = Math.log(1.25);

/** Prices that were adjusted for a split do not jump at it. */
function refuseCountedTwice(split: number, { open, before }: ActionContext): void {
  if (before === undefined || Math.abs(Math.log(split)) < smallestTold) return;
  const [told, none, reverse] = [split, 1, 1 / split].map((factor) => fits(factor, open, before));
  if (told === undefined || none === undefined || reverse === undefined || told <= Math.min(none, reverse)) return;
  const prices = `the price goes from ${before.close} to ${open}`;
  if (none <= reverse) {
    throw new Refusal("ADJUSTED_ALREADY", `split is ${split}, and ${prices}: it holds the split already`);
  }
  throw new Refusal("INVALID_FIELD", `split is ${split}, and ${prices}: that is a split of ${1 / split}`);
}

const ratioForm = /^(\d+(?:\.\d+)?)\s*(?::|\/|-?\s*for\s*-?)\s*(\d+(?:\.\d+)?)$/i;

/** New shares for one old: a number, or a ratio like `4:1`; 0 says that there was none. */
function splitOf(fields: Fields): number {
  const raw = fields["split"];
  if (isMissing(raw)) return 1;
  const ratio = typeof raw === "string" ? ratioForm.exec(raw.trim()) : null;
  const value = ratio ? Number(ratio[1]) / Number(ratio[2]) : finiteNumber(fields, "split");
  if (value === 0 && !ratio) return 1;
  if (value > 0 && Number.isFinite(value)) return value;
  throw new Refusal(
    "INVALID_FIELD",
    `split is ${shown(raw)}, not above 0, like 2 or 4:1; 0 or nothing where there is none`,
  );
}

function dividendFactorOf(fields: Fields, split: number, before: number | undefined): number {
  const dividend = isMissing(fields["dividend"]) ? 0 : finiteNumber(fields, "dividend");
  if (dividend < 0) throw new Refusal("INVALID_FIELD", `dividend is ${shown(fields["dividend"])}, below 0`);
  if (dividend > 0 && !isMissing(fields["dividend_factor"])) {
    throw new Refusal("INVALID_FIELD", "dividend and dividend_factor are both given; one of them says it all");
  }
  return dividend > 0 ? cashFactor(dividend, split, before) : givenFactor(fields);
}

function givenFactor(fields: Fields): number {
  const name = "dividend_factor";
  if (isMissing(fields[name])) return 1;
  const value = finiteNumber(fields, name);
  if (value > 0) return value;
  throw new Refusal(
    "INVALID_FIELD",
    `${name} is ${shown(fields[name])}, not above 0; leave it out where there is none`,
  );
}

function cashFactor(dividend: number, split: number, before: number | undefined): number {
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
