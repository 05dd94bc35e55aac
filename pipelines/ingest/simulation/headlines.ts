import type { NewsArticle, Origin } from "../../../schemas/generated/types.js";
import { recordId } from "../../../operators/record-id.js";
import type { Company } from "./companies.js";
import { Random } from "./random.js";

/** What a headline is for its company: 1 good, −1 bad, 0 neither. */
export type Lean = -1 | 0 | 1;

const templates: Record<Lean, readonly string[]> = {
  [1]: [
    "{name} beats estimates as {quarter} profit jumps {percent}%",
    "{name} raises full-year outlook after record {quarter} sales",
    "Analysts upgrade {name} to buy, see {percent}% upside",
    "{name} wins ${million} million contract, shares gain",
    "{name} announces ${million} million buyback and higher dividend",
    "{name} shares surge on strong demand for its new products",
    "Regulators approve {name}'s acquisition; investors cheer",
    "${symbol} breaking out, great quarter, very bullish",
  ],
  [0]: [
    "{name} to present at investor conference next week",
    "{name} to report {quarter} results on Thursday after the close",
    "{name} appoints new head of operations",
    "{name} files quarterly report",
    "{name} opens office in Toronto",
    "What to watch when {name} reports {quarter} earnings",
    "${symbol} volume {percent}% above its average today",
  ],
  [-1]: [
    "{name} misses estimates as {quarter} profit falls {percent}%",
    "{name} cuts full-year outlook on weak demand",
    "Analysts downgrade {name} to sell after disappointing {quarter}",
    "{name} shares plunge as investigation into accounting widens",
    "{name} to cut {million} jobs after heavy losses",
    "{name} recalls products over safety fears",
    "{name} sued over ${million} million in losses",
    "${symbol} breaking down, terrible guidance, selling all of it",
  ],
};

export interface Headline {
  readonly article: NewsArticle;
  readonly lean: Lean;
  /** Places of its companies in the list. */
  readonly companies: readonly number[];
}

/** Writes the articles of one market of a run. */
export class HeadlineWriter {
  readonly #random: Random;
  #written = 0;

  constructor(
    private readonly seed: string,
    private readonly companies: readonly Company[],
    private readonly origin: Origin,
    /** Name of the market, where a run has several: their articles have different ids. */
    private readonly market = "",
  ) {
    this.#random = new Random(seed, "news", ...(market === "" ? [] : [market]));
  }

  /** The articles of one span, by time; their number is a Poisson variable. */
  write(from: number, until: number, mean: number): Headline[] {
    const count = this.#random.poisson(mean);
    const times = Array.from({ length: count }, () => from + 1 + this.#random.below(until - from));
    return times.sort((a, b) => a - b).map((time) => this.#one(time));
  }

  #one(time: number): Headline {
    const random = this.#random;
    const places = [this.#company()];
    if (random.uniform() < 0.1) {
      const second = this.#company();
      if (!places.includes(second)) places.push(second);
    }
    const draw = random.uniform();
    const lean: Lean = draw < 0.38 ? 1 : draw < 0.7 ? 0 : -1;
    const named = places.map((place) => this.companies[place]).filter((company) => company !== undefined);
    const main = named[0];
    if (main === undefined) throw new RangeError("there are no companies to write about");
    const also = named[1] === undefined ? "" : `; also in focus: ${named[1].name}`;
    const headline =
      random
        .pick(templates[lean])
        .replaceAll("{name}", main.name)
        .replaceAll("{symbol}", main.symbol)
        .replaceAll("{quarter}", random.pick(["first-quarter", "second-quarter", "third-quarter", "fourth-quarter"]))
        .replaceAll("{percent}", String(3 + random.below(38)))
        .replaceAll("{million}", String(10 * (2 + random.below(90)))) + also;
    const source = "simulator";
    const run = this.market === "" ? this.seed : `${this.seed}-${this.market}`;
    const sourceId = `${run}-${time}-${this.#written++}`;
    const article: NewsArticle = {
      id: recordId(source, sourceId),
      source,
      sourceId,
      url: null,
      headline,
      symbols: named.map(({ symbol }) => symbol).sort(),
      eventTime: time,
      availableAt: time,
      origin: this.origin,
    };
    return { article, lean, companies: places };
  }

  /** Few companies are much written about: the share of the n-th falls like 1/n (Zipf's law). */
  #company(): number {
    const count = this.companies.length;
    return Math.min(count - 1, Math.floor((count + 1) ** this.#random.uniform()) - 1);
  }
}
