import type { Forecast } from "../../../schemas/generated/types.js";
import { column, deliveryColumns, fields } from "../column.js";
import { priceForecast } from "../price-forecast.js";
import { latestOf, type ProjectionTable } from "../table.js";

const field = fields<Forecast>();
const published = deliveryColumns<Forecast>(({ asOf }) => asOf);

export const forecastsTable: ProjectionTable<Forecast> = {
  ...latestOf("forecasts"),
  key: ["symbol", "forecast_date", "model_version"],
  newer: ["as_of", "kafka_offset"],
  applies: (record) => priceForecast(record) !== undefined,
  columns: [
    ...field("text", "symbol", "modelVersion", "origin"),
    column("forecast_id", "text", ({ id }) => id),
    column("forecast_date", "date", ({ targetTime }) => targetTime),
    column("predicted_price", "double precision", (record) => priceForecast(record)?.predictedPrice),
    column("lower_bound", "double precision", (record) => priceForecast(record)?.lowerBound),
    column("upper_bound", "double precision", (record) => priceForecast(record)?.upperBound),
    column("confidence", "double precision", (record) => priceForecast(record)?.confidence),
    ...field("timestamptz", "targetTime", "asOf"),
    ...published,
    ...published.filter(({ name }) => name === "known_at").map((knownAt) => ({ ...knownAt, name: "created_at" })),
  ],
};
