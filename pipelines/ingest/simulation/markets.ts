import { defaultCalendar, type ExchangeCalendar } from "../../../operators/calendar/calendar.js";
import { calendarByName } from "../../../operators/calendar/calendars.js";
import type { Company, SimulatedListing } from "./companies.js";

/** The companies of one calendar: they have one market factor and one stream of news. */
export interface SimulatedMarket {
  readonly calendar: ExchangeCalendar;
  /** Of its random streams and ids; empty for the market of the simulation's own calendar. */
  readonly name: string;
  readonly companies: readonly Company[];
}

/**
 * The companies by the calendars of their exchanges.
 *
 * @param main of companies without an exchange
 * @throws Error for an exchange that has no calendar
 */
export function marketsOf(companies: readonly Company[], main: ExchangeCalendar): SimulatedMarket[] {
  const markets = new Map([[main.name, { calendar: main, name: "", companies: [] as Company[] }]]);
  for (const company of companies) {
    const calendar = company.exchange === undefined ? main : calendarByName(company.exchange);
    const market = markets.get(calendar.name) ?? { calendar, name: calendar.name, companies: [] };
    market.companies.push(company);
    markets.set(calendar.name, market);
  }
  return [...markets.values()].filter(({ companies: { length } }) => length > 0);
}

/** The companies as the listings of a universe, which gives their bars the same calendars. */
export const listingsOf = (companies: readonly Company[], main: ExchangeCalendar): SimulatedListing[] =>
  companies.map(({ symbol, name, exchange }) => ({
    symbol,
    name,
    // What a universe takes for granted is left out, as it was in the one that was given.
    exchange: exchange ?? (main.name === defaultCalendar ? undefined : main.name),
  }));
