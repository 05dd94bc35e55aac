import { market } from "../../../operators/market/market.js";
import type { Bar } from "../../../schemas/generated/types.js";
import { bar, services } from "../../helpers/records.js";
import { contract } from "../contract.js";
import { barEvent, sliceBars } from "./events.js";

/**
 * Real bars of all symbols; among them repeats, corrections, stragglers, minutes of the same symbols, a split, a symbol
 * that is silent for longer than it is kept, and a bar that contradicts itself.
 */
function events(): Bar[] {
  const bars = sliceBars("2015-01-02", "2015-03-13");
  return bars.flatMap((of, index) => {
    if (of.symbol === "XOM" && index > 500 && index < 3800) return [];
    switch (index % 211) {
      case 7:
        return [of, of];
      case 60:
        return [of, bar({ ...of, close: (of.close + of.low) / 2 })];
      case 100:
        return [of, bar({ ...(bars[index - 90] ?? of), volume: 1 })];
      case 120:
        return [bar({ ...of, split: 2 })];
      case 150:
        return [bar({ ...of, close: of.high * 2 })];
      case 170:
      case 171:
        return [of, bar({ ...of, interval: "1m", eventTime: of.eventTime - 60_000 })];
      default:
        return [of];
    }
  });
}

contract("market", {
  operator: market,
  inputs: events().map(barEvent),
  services,
  stateSchema: "market.state.avsc",
});
