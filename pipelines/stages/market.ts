import { findCalendar } from "../../operators/calendar/calendars.js";
import { market } from "../../operators/market/market.js";
import { withServices } from "../../operators/operator.js";
import { defineStage } from "../runtime/stage/definition.js";

export const marketStage = defineStage({
  name: "market",
  inputs: ["market.bars"],
  outputs: ["market.context"],
  operator: withServices(market, { calendars: findCalendar }),
  stateSchema: "market.state.avsc",
  models: [],
  // A burst of 5,000 symbols goes in one transaction: its state is at most 65 records a calendar, however many bars it has.
  batch: { records: 5000 },
  partitions: "all",
  description:
    "Breadth, mean, dispersion, range and quantiles of the returns of all symbols of one calendar at one bar time",
});
