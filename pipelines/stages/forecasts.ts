import { findCalendar } from "../../operators/calendar/calendars.js";
import { forecasts } from "../../operators/forecasts/operator.js";
import { stateUpgrades, stateVersion } from "../../operators/forecasts/state-version.js";
import { withServices } from "../../operators/operator.js";
import { defineStage } from "../runtime/stage/definition.js";
import { measureStale, staleMetrics } from "./stale-bars.js";

export const forecastsStage = defineStage({
  name: "forecasts",
  // Bars first: a score names the bar that it stands on.
  inputs: ["market.bars", "scores"],
  outputs: ["forecasts", "signals"],
  operator: withServices(forecasts, { calendars: findCalendar }),
  stateSchema: "forecasts.state.avsc",
  stateVersion,
  stateUpgrades,
  models: [],
  batch: { records: 500 },
  metrics: staleMetrics,
  measure: measureStale,
  description: "Return quantiles and volatility of the next session, and the signal that follows from them",
});
