import type { Bar, Origin } from "../../../schemas/generated/types.js";
import { barId } from "../bar-id.js";
import type { Company } from "./companies.js";
import { volatilityProfile, volumeProfile } from "./profile.js";
import { Random } from "./random.js";
import type { SessionMinute } from "./sessions.js";

const sessionsPerYear = 252;
/** Share of a day's variance that falls between the sessions; about a fifth in US stocks. */
const overnightShare = 0.2;
/** What is known moves the price over about so many minutes. */
const newsMinutes = 20;
/** A price below this is brought back by a reverse split of ten old shares for one new, as exchanges demand. */
const lowestPrice = 1;

export interface PathOptions {
  readonly interval: string;
  readonly origin: Origin;
  /** Name of the calendar that the bars carry. */
  readonly calendar: string;
  /** Share of bars that are missing, as nothing was traded. */
  readonly missing: number;
  /** Splits a symbol has in a year, on average. */
  readonly splitsPerYear: number;
}

/** Returns of the market over one bar, the gap before its open apart; for all symbols the same. */
export interface MarketMove {
  readonly gap: number;
  readonly move: number;
}

/** One symbol's price from bar to bar. The latent price is not rounded, so that a low price still moves. */
export class PricePath {
  #latent: number;
  /** Log return that news has announced and that has not come yet. */
  #announced = 0;
  readonly #random: Random;

  constructor(
    seed: string,
    readonly company: Company,
    private readonly options: PathOptions,
  ) {
    this.#latent = company.price;
    this.#random = new Random(seed, "bars", company.symbol);
  }

  /** Takes in news: `lean` from −1 (bad) to 1, in units of `strength` standard deviations of a session. */
  react(lean: number, strength: number): void {
    this.#announced += (lean * strength * this.company.volatility) / Math.sqrt(sessionsPerYear);
  }

  /** @returns the bar; undefined when it is missing: the price moves all the same */
  step(minute: SessionMinute, minutes: number, market: MarketMove): Bar | undefined {
    const { company, options } = this;
    const random = this.#random;
    const perSession = company.volatility / Math.sqrt(sessionsPerYear);
    let split = 1;
    if (minute.opens) {
      const gap = company.beta * market.gap + perSession * Math.sqrt(overnightShare) * random.normal();
      this.#latent *= Math.exp(gap);
      split = this.#splitNow();
      this.#latent /= split;
    }
    const open = this.#latent;
    const deviation =
      perSession * Math.sqrt((1 - overnightShare) / minute.barsInSession) * volatilityProfile(minute.phase);
    // A normal with a random scale has the fat tails of short returns (kurtosis about 6).
    const fat = deviation * Math.exp(0.42 * random.normal() - 0.18) * random.normal();
    const drift = this.#announced * -Math.expm1(-minutes / newsMinutes);
    this.#announced -= drift;
    const move = company.beta * market.move + fat + drift;
    const high = bridgeMaximum(move, deviation, random.uniform());
    const low = -bridgeMaximum(-move, deviation, random.uniform());
    this.#latent = open * Math.exp(move);
    const surprise = Math.abs(move) / deviation;
    const volume =
      (company.dailyVolume / minute.barsInSession) *
      volumeProfile(minute.phase) *
      Math.exp(0.5 * random.normal() - 0.125 + 0.15 * (surprise - 0.8));
    // A split's bar is never missing, or the split would go unsaid.
    const isMissing = random.uniform() < options.missing && split === 1;
    if (isMissing) return undefined;
    const content = {
      symbol: company.symbol,
      interval: options.interval,
      eventTime: minute.time,
      open: toTick(open),
      high: toTick(open * Math.exp(high)),
      low: toTick(open * Math.exp(low)),
      close: toTick(this.#latent),
      volume: Math.max(1, Math.round(volume)),
      adjustment: 1,
      split,
      dividendFactor: 1,
    };
    return {
      id: barId(content),
      ...content,
      availableAt: minute.time,
      origin: options.origin,
      confirmed: false,
      calendar: options.calendar,
    };
  }

  #splitNow(): number {
    if (this.#latent < lowestPrice) return 0.1;
    if (this.options.splitsPerYear === 0) return 1;
    if (this.#random.uniform() >= this.options.splitsPerYear / sessionsPerYear) return 1;
    return this.#latent > 20 ? this.#random.pick([2, 2, 3, 4]) : 0.1;
  }
}

/** Maximum of a Brownian bridge from 0 to `end`, by inversion: P(max > m) = exp(−2 m (m − end) / variance). */
function bridgeMaximum(end: number, deviation: number, uniform: number): number {
  return (end + Math.sqrt(end * end - 2 * deviation * deviation * Math.log(uniform))) / 2;
}

/** Rounded to a cent. Rounding keeps the order, so low ≤ open, close ≤ high still holds. */
function toTick(price: number): number {
  return Math.max(1, Math.round(price * 100)) / 100;
}
