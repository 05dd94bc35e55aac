/**
 * Made-up universes, and headlines about them of which it is known whom they name. The names are of the kinds that markets
 * have: invented words, two words of a trade, words of everyday English, partners, initials, two classes of one share.
 */
import { Random } from "../../../pipelines/ingest/simulation/random.js";
import { bareListing, type Listing } from "../../../pipelines/ingest/universe/universe.js";

export const kinds = ["invented", "two words", "everyday word", "partners", "initials", "two classes"] as const;
export type Kind = (typeof kinds)[number];

export interface MadeUpListing extends Listing {
  readonly kind: Kind;
  /** As headlines have it. */
  readonly shortName: string;
}

export interface MadeUpHeadline {
  readonly text: string;
  readonly symbols: readonly string[];
  readonly kind: Kind | "trap";
}

const words = (text: string): string[] => text.trim().split(/\s+/);
const syllables = words(
  "zor vex qua lim tra neo ply cor dax fen gri hol jun kal lor mir nav oxi pel rud sil tor ulm vyn wex yar zen bri clo dru",
);
const endings = words("a o ix on ia ex um is en ar");
const firstWords = words(
  `Alder Anchor Atlas Aurora Beacon Birch Bolt Bridge Bright Canyon Cedar Cobalt Copper Coral Crane Crest Delta Eagle Ember
  Falcon Fern Flint Forge Garnet Glacier Granite Harbor Hazel Heron Iris Ivory Jasper Juniper Keystone Lark Linden Lumen Maple
  Meridian Mesa Nimbus Oak Onyx Orchard Osprey Pioneer Prairie Quartz Raven Ridge River Sable Sequoia Sierra Slate Summit
  Terra Thistle Timber Topaz Vale Vector Vertex Willow Zephyr`,
);
const trades = words(
  `Analytics Apparel Aviation Bancorp Biosciences Brands Capital Chemicals Communications Devices Diagnostics Dynamics Electric
  Energy Entertainment Financial Foods Genetics Health Hotels Industries Insurance Labs Logistics Materials Media Medical Metals
  Mining Motors Networks Oil Packaging Pharma Power Properties Rail Resources Retail Robotics Semiconductor Shipping Software
  Solar Steel Storage Systems Technologies Therapeutics Tools Transport Trust Utilities Ventures Water Wireless`,
);
const everyday = words(
  `Root Compass Ripple Anthem Cushion Lantern Ladder Basket Garden Kitchen Shelter Harvest Thunder Window Bottle Pepper Saddle
  Mirror Blanket Carpet Candle Feather Hammer Ribbon Spider Rocket Marble Velvet Cotton Silver Orange Yellow Purple Winter
  Summer Autumn Monday Market Factory Station Village Country Island Forest Desert Valley Mountain Ocean Bridge Castle Temple
  Library Museum Theater Journal Letter Signal Sentinel Guardian Captain Pilot Doctor Teacher Painter Hunter Farmer Baker Ticket
  Parcel Lemonade Anvil Barrel Cabin Dagger Engine Fiddle Goblet Helmet Jacket Kettle Lumber Needle Oyster Pocket Quiver Rudder`,
);
const surnames = words(
  "Harlan Pike Mercer Doyle Whitlock Ames Barlow Crandall Draper Ellsworth Finch Garrick Holloway Ingram Jessup Keating Loomis Mabry Norwood Ormsby",
);
const legal = words("Inc. Corp. Ltd plc AG SE N.V. Co. Group Holdings");
const letters = "ABCDEFGHIKLMNOPRSTVWXZ";

/** @param taken tickers that are not to be used */
export function madeUpUniverse(seed: string, count: number, taken: ReadonlySet<string>): MadeUpListing[] {
  const random = new Random("universe", seed);
  const pick = <Item>(list: readonly Item[]): Item => list[Math.floor(random.uniform() * list.length)] as Item;
  const letter = (): string => letters[Math.floor(random.uniform() * letters.length)] ?? "A";
  const symbols = new Set(taken);
  const names = new Set<string>();
  const listings: MadeUpListing[] = [];
  const ticker = (): string => {
    for (;;) {
      const length = pick([2, 3, 3, 4, 4, 4, 5]);
      const base = Array.from({ length }, letter).join("");
      const symbol = base + pick(["", "", "", "", "", "", ".L", ".DE", ".HK"]);
      if (symbols.has(symbol) || symbols.has(base)) continue;
      symbols.add(symbol).add(base);
      return symbol;
    }
  };
  const nameOf: Readonly<Record<Kind, () => string>> = {
    invented: () => capital(pick(syllables) + pick(syllables) + pick(endings)),
    "two words": () => `${pick(firstWords)} ${pick(trades)}`,
    "everyday word": () => pick(everyday),
    partners: () => `${pick(surnames)} & ${pick(surnames)}`,
    initials: () => `${letter()}${letter()}${letter()} ${pick(trades)}`,
    "two classes": () => `${pick(firstWords)} ${pick(firstWords)} ${pick(trades)}`,
  };
  while (listings.length < count) {
    const kind = pick([
      "invented",
      "invented",
      "invented",
      "two words",
      "two words",
      "two words",
      "two words",
      "everyday word",
      "partners",
      "initials",
      "two classes",
    ] as const);
    const shortName = nameOf[kind]();
    if (names.has(shortName)) {
      // There are only so many partners and words: the invented are endless.
      continue;
    }
    names.add(shortName);
    const name = `${shortName} ${pick(legal)}`;
    const base = ticker();
    const both = kind === "two classes" && !base.includes(".") ? [`${base}.A`, `${base}.B`] : [base];
    for (const symbol of both) listings.push({ ...bareListing(symbol), name, kind, shortName });
    if (names.size > 20_000) break;
  }
  return listings.slice(0, count);
}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

const templates = words(
  `NAME_beats_estimates_as_profit_jumps NAME_raises_full-year_outlook Analysts_upgrade_NAME_to_buy NAME_wins_contract,_shares_gain
  NAME_announces_buyback_and_higher_dividend Regulators_approve_NAME_deal NAME_to_present_at_conference_next_week
  NAME_appoints_new_head_of_operations What_to_watch_when_NAME_reports_earnings NAME_misses_estimates
  NAME_cuts_outlook_on_weak_demand NAME_recalls_products_over_safety_fears NAME_sued_over_losses NAME's_margins_surprise_investors
  Shares_of_NAME_slide_after_warning Why_NAME_is_down_today Fund_takes_stake_in_NAME NAME_nabs_award_for_its_plant
  NAME_and_OTHER_agree_to_merge OTHER_sues_NAME_over_patents NAME_(TICKER)_climbs_5% NYSE:_TICKER_halted $TICKER_breaking_out
  TICKER_volume_above_its_average_today Is_TICKER_a_buy_after_results?`,
).map((template) => template.replace(/_/g, " "));

/** Of each no listing is meant: words of everyday English, firms that are not listed, people, what is written in capitals. */
const traps = words(
  `The_WORD_of_the_matter_is_growth WORD_prices_steady_as_traders_wait Experts_debate_the_WORD_cause_of_inflation
  City_opens_a_new_WORD_near_the_river A_WORD_that_nobody_expected Senator_FIRST_Jones_calls_for_reform
  FIRST_Plumbing_of_Ohio_files_for_bankruptcy FIRST_County_votes_on_taxes CEO_pay_rises_as_GDP_slows Fed,_ECB_and_BOE_hold_rates
  SEC_and_FTC_look_into_ETF_fees Oil_and_gold_fall_on_USD_strength WORDs_and_why_we_love_them How_to_buy_a_WORD_in_spring
  LAST_University_wins_grant Judge_LAST_dismisses_case The_FIRST_project_is_delayed New_FIRST_bridge_to_open_in_May`,
).map((template) => template.replace(/_/g, " "));

/** Half of them name a listing, and as many do not. */
export function madeUpHeadlines(seed: string, listings: readonly MadeUpListing[], count: number): MadeUpHeadline[] {
  const random = new Random("headlines", seed);
  const pick = <Item>(list: readonly Item[]): Item => list[Math.floor(random.uniform() * list.length)] as Item;
  const byName = new Map<string, string[]>();
  for (const { shortName, symbol } of listings) byName.set(shortName, [...(byName.get(shortName) ?? []), symbol]);
  const styled = (text: string): string => {
    const style = random.uniform();
    if (style < 0.6) return capital(text);
    return style < 0.95 ? text.replace(/(?<=^|\s)\p{Ll}/gu, (first) => first.toUpperCase()) : text.toUpperCase();
  };
  const spoken = ({ name = "", shortName }: MadeUpListing): string => (random.uniform() < 0.25 ? name : shortName);
  const about = (): MadeUpHeadline => {
    const [one, other] = [pick(listings), pick(listings)];
    const template = pick(templates);
    const ticker = one.symbol.replace(/\.(?:L|DE|HK)$/, "");
    // The ticker of an exchange abroad is never told as one of New York.
    if (template.includes("TICKER") && ticker !== one.symbol) return about();
    const symbols = new Set(template.includes("NAME") ? byName.get(one.shortName) : []);
    if (template.includes("TICKER")) symbols.add(one.symbol);
    if (template.includes("OTHER")) for (const symbol of byName.get(other.shortName) ?? []) symbols.add(symbol);
    const text = styled(
      template.replace("NAME", spoken(one)).replace("OTHER", spoken(other)).replace("TICKER", one.symbol),
    );
    return { text, symbols: [...symbols], kind: one.kind };
  };
  const trap = (): MadeUpHeadline => {
    const text = pick(traps)
      .replace("WORD", pick(everyday).toLowerCase())
      .replace("FIRST", pick(firstWords))
      .replace("LAST", pick(surnames));
    return { text: styled(text), symbols: [], kind: "trap" };
  };
  return Array.from({ length: count }, (_, index) => (index % 2 === 0 ? about() : trap()));
}
