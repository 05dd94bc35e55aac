/** The states of the methods that keep one, by name: each is stepped, and begun anew, without regard to the others. */
import type { MethodState } from "../../schemas/generated/types.js";
import type { ForecastingMethod, MethodBar, MethodNumbers } from "./method.js";

export type MethodStates = Record<string, MethodState>;

export const keepsState = ({ warmUp }: ForecastingMethod): boolean => warmUp > 0;

/** A state that knows of no bar, or only of the close of one. */
export function begun({ version, empty }: ForecastingMethod, bars: 0 | 1): MethodState {
  return { version, bars, numbers: kept(empty) };
}

export function eachBegun(methods: readonly ForecastingMethod[], bars: 0 | 1): MethodStates {
  return Object.fromEntries(methods.map((method) => [method.name, begun(method, bars)]));
}

/** Each method's state after one more bar; what no method of this build has made is left out. */
export function stepStates(
  methods: readonly ForecastingMethod[],
  states: Readonly<MethodStates>,
  bar: MethodBar,
): MethodStates {
  const next: MethodStates = {};
  for (const method of methods) {
    const { bars, numbers } = states[method.name] ?? begun(method, 1);
    next[method.name] = { version: method.version, bars: bars + 1, numbers: kept(method.step(numbers, bar)) };
  }
  return next;
}

/** Whether each method has a state here that it made itself, in this version. */
export const areKept = (states: Readonly<MethodStates>, methods: readonly ForecastingMethod[]): boolean =>
  methods.every(({ name, version }) => states[name]?.version === version);

/** Types made from schemas can be written to; values in the keyed state never are. */
const kept = (numbers: MethodNumbers): MethodState["numbers"] => numbers as MethodState["numbers"];
