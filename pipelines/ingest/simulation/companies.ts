import { Random } from "./random.js";

/** One simulated company, as drawn at the start. Variances are per year of 252 sessions. */
export interface Company {
  readonly symbol: string;
  readonly name: string;
  /** MIC of its listing, or the name of another calendar; undefined: that of the simulation. */
  readonly exchange?: string | undefined;
  /** Sensitivity to the market's return. */
  readonly beta: number;
  /** Volatility of its own, per year (0.3 = 30 %). */
  readonly volatility: number;
  /** First price, in dollars. */
  readonly price: number;
  /** Shares traded in a usual session. */
  readonly dailyVolume: number;
}

/** A listing for which prices and news are made up. */
export interface SimulatedListing {
  readonly symbol: string;
  readonly name?: string | undefined;
  /** MIC, or the name of another calendar, of whose sessions its bars are; undefined: those of the simulation. */
  readonly exchange?: string | undefined;
}

const firstWords =
  `Alder Amber Anchor Arden Aspen Atlas Aurora Beacon Birch Bolt Borealis Bridge Bright Calder Canyon Cedar Cobalt Copper
  Coral Crane Crest Delta Drift Eagle Ember Everett Falcon Fern Flint Forge Garnet Glacier Granite Grove Harbor Hazel
  Helix Heron Indigo Iris Ivory Jasper Juniper Keystone Lark Linden Lumen Maple Marlin Meridian Mesa Nimbus Oakley Onyx
  Orchard Osprey Pioneer Prairie Quartz Raven Ridge River Sable Sequoia Sierra Slate Sterling Summit Tamarack Terra
  Thistle Timber Topaz Vale Vector Vertex Willow Zephyr`.split(/\s+/);
const secondWords =
  `Analytics Apparel Aviation Bancorp Biosciences Brands Capital Chemicals Communications Devices Diagnostics Dynamics
  Electric Energy Entertainment Equipment Financial Foods Gas Genetics Health Holdings Hotels Industries Insurance
  Interactive Labs Logistics Materials Media Medical Metals Mining Mobility Motors Networks Oil Optics Packaging
  Partners Pharma Power Properties Rail Resources Retail Robotics Semiconductor Shipping Software Solar Steel Storage
  Systems Technologies Textiles Therapeutics Tools Transport Trust Utilities Ventures Water Wireless`.split(/\s+/);

/**
 * The first `count` companies of a seed; more of them leave those before as they are. Symbols are `SIM00001` and so on:
 * no simulated price can be mistaken for one of a listed stock.
 *
 * Distributions, roughly those of US stocks: beta normal(1, 0.35), own volatility lognormal around 28 %, price lognormal
 * around 40 dollars, daily volume lognormal around 800,000 shares with a long tail.
 *
 * @param listings the first companies have these symbols, names and exchanges instead: prices of theirs are made up all the same
 */
export function drawCompanies(seed: string, count: number, listings: readonly SimulatedListing[] = []): Company[] {
  return Array.from({ length: count }, (_, index) => {
    const random = new Random(seed, "company", String(index));
    const listing = listings[index];
    return {
      symbol: listing?.symbol ?? `SIM${String(index + 1).padStart(5, "0")}`,
      name: listing?.name ?? nameOf(index),
      exchange: listing?.exchange,
      beta: Math.min(2.5, Math.max(0.1, 1 + 0.35 * random.normal())),
      volatility: Math.min(1.2, 0.28 * Math.exp(0.4 * random.normal())),
      price: Math.min(2_000, Math.max(3, 40 * Math.exp(0.9 * random.normal()))),
      dailyVolume: Math.min(2e8, Math.max(5_000, 8e5 * Math.exp(1.4 * random.normal()))),
    };
  });
}

/** Every pair of words once, in an order in which neighbours differ in both; then with a numeral. */
function nameOf(index: number): string {
  const pairs = firstWords.length * secondWords.length;
  // 1,009 is prime and divides neither list's length: the walk meets every pair before one comes again.
  const place = (index * 1_009) % pairs;
  const first = firstWords[place % firstWords.length] ?? "";
  const second = secondWords[Math.floor(place / firstWords.length)] ?? "";
  const round = Math.floor(index / pairs);
  return round === 0 ? `${first} ${second}` : `${first} ${second} ${round + 1}`;
}
