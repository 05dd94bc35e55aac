/** The forecasting methods as Markdown: `operators/forecasts/README.md` is made from it. */
import { combinedName } from "./combined.js";
import type { ForecastingMethod } from "./method.js";

export function methodCatalogue(methods: readonly ForecastingMethod[]): string {
  const counted = methods.filter(({ inCombined }) => inCombined).map(({ name }) => `\`${name}\``);
  const lines = [
    "# Forecasting methods",
    "",
    "Each forecasts the simple return from the last bar to the target time, as quantiles and a volatility, from its *warm-up* bar on; formulas with",
    "their sources stand in its file in `methods/`. A forecast has the methods that gave one, in this order.",
    "",
    "| method | what it forecasts | warm-up | in `combined` | version |",
    "| --- | --- | --- | --- | --- |",
    ...methods.map(
      ({ name, description, warmUp, inCombined, version }) =>
        `| \`${name}\` | ${description} | ${warmUp === 0 ? "none" : `${warmUp} bars`} | ${inCombined ? "yes" : "on trial"} | ${version} |`,
    ),
    `| \`${combinedName}\` | the plain mean of those that gave a forecast, of ${counted.join(", ")}: quantile by quantile, and of the volatilities | | | |`,
    "",
    "To add one: a file in `methods/`, its entry in `methods/list.ts`, its test in `test/operators/forecasts/methods/`, then `npm run docs`.",
  ];
  return `${lines.join("\n")}\n`;
}
