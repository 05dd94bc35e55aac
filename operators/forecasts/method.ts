/**
 * What a forecasting method is. One is added by a file in `methods/` and its entry in `methods/list.ts`; everything else
 * (state, warm-up, publication, documentation) goes by that list.
 */
import type { KeptBar } from "../../schemas/generated/types.js";

/** A bar as methods see it: from the second of a series on, as a return needs the close before. */
export interface MethodBar {
  /** As traded: prices in units of the currency, volume in shares, time in milliseconds since 1970 (of the close). */
  readonly traded: Readonly<Pick<KeptBar, "time" | "open" | "high" | "low" | "close" | "volume">>;
  /** Close of the bar before on the scale of this bar's prices: as if a split or dividend between them had been earlier. */
  readonly closeBefore: number;
  /** ln(close / close before), splits and dividends taken out. */
  readonly logReturn: number;
}

/** What is to be forecast. */
export interface ForecastTarget {
  /** The bar close that it is about, milliseconds since 1970. */
  readonly targetTime: number;
  /** Bars up to then, at least 1: more where bars are missing. */
  readonly horizon: number;
  /** What the return model scored: simple returns over one bar, one a level, as it gave them; undefined without one. */
  readonly modelQuantiles: readonly number[] | undefined;
}

/** The simple return to the target time (0.01 is 1 %), adjusted for splits and dividends. */
export interface MethodView {
  /** One a level, ascending, each at least −1. */
  readonly quantiles: number[];
  /** Standard deviation, or what stands for it. */
  readonly volatility: number;
}

/** What a method may keep: plain numbers by name, and lists of them. All of one symbol's state takes at most 16 KiB. */
export type MethodNumbers = Readonly<Record<string, number | readonly number[]>>;

/** A pure method: the same bars give the same state, and the same state the same view. What it is given stays as it is. */
export interface ForecastingMethod<State = MethodNumbers> {
  /** In `Forecast.methods` and in the keyed state; the name of its file. Lower case, words joined by hyphens. */
  readonly name: string;
  /**
   * From 1 up; raised when its numbers come to mean something else, or when the same bars give others. Its state then
   * starts anew with the bars that come, and the other methods go on as they are.
   */
  readonly version: number;
  /** In one line, with units: the catalogue in the documentation is made from it. */
  readonly description: string;
  /** Bars of the series from which on it forecasts. 0: it needs none, keeps nothing, and forecasts even where none is known. */
  readonly warmUp: number;
  /** Whether it counts in `combined`. If not it is published beside it, on trial: combined and signal stay without it. */
  readonly inCombined: boolean;
  /** Before the second bar. */
  readonly empty: State;
  /** Takes in one more bar; gives a new state, all of it finite. */
  step(state: State, bar: MethodBar): State;
  /** @returns undefined when it has no forecast */
  forecast(state: State, target: ForecastTarget, levels: readonly number[]): MethodView | undefined;
}

/**
 * Checks at compile time that the state can be kept. It is declared by `type`: an interface could be added to elsewhere, so
 * that TypeScript does not accept it as plain numbers.
 */
export function defineMethod<State extends MethodNumbers>(method: ForecastingMethod<State>): ForecastingMethod<State> {
  return Object.freeze(method);
}
