import { defaultCalendar } from "../calendar/calendar.js";

/**
 * What the state of one series holds: the lengths of its windows, and the layout of the numbers that recursive indicators
 * remember. Both are part of the state's meaning: whoever changes them raises `stateVersion`.
 */
export const stateVersion = 3;

/**
 * Version 3 is 2 with the calendar. A state of XNYS says 2: a build that knows of no calendars may go on from it while the
 * processes are replaced one by one. One of another calendar it refuses, as it would drop it.
 */
export const versionOf = (calendar: string): number => (calendar === defaultCalendar ? 2 : stateVersion);

export const stateUpgrades = { 2: (state: object): object => state };

/** Bars that an indicator over a window sees, the newest among them. */
export const windowBars = 22;

/** Closes that an indicator sees: 40 returns need 41. */
export const windowCloses = 41;

/**
 * Offsets into the memory, one flat array of doubles: an object a number would take three times the room, and there are
 * two memories a symbol.
 */
export const memory = {
  /** Bars taken in. */
  bars: 0,
  /** Product of the splits and dividend factors so far. */
  priceFactor: 1,
  /** Product of the splits so far. */
  volumeFactor: 2,
  /** Adjusted close, high and low of the last bar, and its log return. */
  close: 3,
  high: 4,
  low: 5,
  logReturn: 6,
  /** See the indicator of the name for what its numbers are. */
  rsi: 7,
  macd: 9,
  atr: 12,
  adx: 13,
  beta: 16,
  size: 21,
} as const;
