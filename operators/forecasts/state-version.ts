/**
 * Version of the state, and what was kept before there was one: the states of `naive` and `har`, each version 1, in fields
 * of their own. They are read from there once, and written there too: a process of a build without versions may
 * take a task over while the processes are replaced one by one, reads and writes nothing else, and the build after it goes
 * on from what that one wrote.
 */
import type { ForecastsCore, ForecastsState, HarState } from "../../schemas/generated/types.js";
import { defaultCalendar } from "../calendar/calendar.js";
import type { MethodStates } from "./method-states.js";

/** Raised when a build that does not know the change must not go on from such a state; see `StageDefinition.stateVersion`. */
export const stateVersion = 2;

/**
 * Version 2 is 1 with the calendar. A state of XNYS says 1: a build that knows of no calendars may go on from it while the
 * processes are replaced one by one. One of another calendar it refuses, as it would drop it.
 */
export const versionOf = (calendar: string): number => (calendar === defaultCalendar ? 1 : stateVersion);

export const stateUpgrades = {
  0: (state: object): object => keyedByMethod(state as ForecastsState),
  1: (state: object): object => state,
};

function keyedByMethod(state: ForecastsState): ForecastsState {
  return { ...state, base: keyedCore(state.base), current: keyedCore(state.current) };
}

function keyedCore(core: ForecastsCore): ForecastsCore {
  const { bars, returnVariance, har } = core;
  const returns = Math.max(0, bars - 1);
  const methods: MethodStates = {
    naive: { version: 1, bars, numbers: { returns, variance: returnVariance } },
    har: { version: 1, bars, numbers: { ...har } },
  };
  return { ...core, methods };
}

const emptyHar: HarState = {
  variances: [],
  rows: 0,
  products: [],
  coefficients: [],
  sinceFit: 0,
  ratios: 0,
  ratioCount: 0,
};

/** What the field `returnVariance` has: 0 where naive is of another version. */
export const formerVariance = ({ naive }: Readonly<MethodStates>): number =>
  naive?.version === 1 ? (naive.numbers.variance as number) : 0;

/** What the field `har` has: an empty one where har is of another version. */
export const formerHar = ({ har }: Readonly<MethodStates>): HarState =>
  har?.version === 1 ? (har.numbers as unknown as HarState) : emptyHar;
