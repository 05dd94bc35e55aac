/** What the operator serves of single features, and the series that the oracles were given. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Feature } from "../../../../operators/features/feature.js";
import { defineFeatureSet } from "../../../../operators/features/feature-set.js";
import { barFeatures } from "../../../../operators/features/indicators/bar-features.js";
import { computeFeatures } from "../compute.js";
import { packageRoot } from "../../../../schemas/files.js";
import type { Bar } from "../../../../schemas/generated/types.js";
import { bar, services, sessionCloses } from "../../../helpers/records.js";
import { barEvent } from "../events.js";

/**
 * Values of each feature after each bar, by name, as the operator serves them. A feature is a set of its own here: it is
 * served from the end of its own warm-up on; before, NaN.
 */
export function served(bars: readonly Bar[], list: readonly Feature[] = barFeatures): Map<string, number[]> {
  const sets = list.map((feature) => defineFeatureSet(feature.name, [feature]));
  const values = new Map(list.map(({ name }) => [name, bars.map(() => NaN)]));
  const names = new Map(sets.map(({ id, name }) => [id, name]));
  const places = new Map(bars.map(({ id }, index) => [id, index]));
  for (const vector of computeFeatures(bars.map(barEvent), { ...services, sets })) {
    const column = values.get(names.get(vector.featureSet) ?? "");
    const place = places.get(vector.triggerId);
    if (column && place !== undefined) column[place] = vector.values[0] ?? NaN;
  }
  return values;
}

export interface Expected {
  readonly bars: Bar[];
  /** By `feature:oracle`; NaN where the oracle has no value. */
  readonly columns: ReadonlyMap<string, readonly number[]>;
}

/** A series and what other implementations make of it: see test/fixtures/indicators/make.py. */
export function expectedOf(series: string): Expected {
  const path = join(packageRoot, "test/fixtures/indicators", `${series}.expected.csv`);
  const [header = "", ...lines] = readFileSync(path, "utf8").trim().split("\n");
  const rows = lines.map((line) => line.split(",").map((cell) => (cell === "" ? NaN : Number(cell))));
  const closes = sessionCloses(rows.length);
  const bars = rows.map(([open = NaN, high = NaN, low = NaN, close = NaN, volume = NaN], index) =>
    bar({ eventTime: closes[index] ?? NaN, open, high, low, close, volume }),
  );
  const columns = header.split(",").map((name, at): [string, number[]] => [name, rows.map((row) => row[at] ?? NaN)]);
  return { bars, columns: new Map(columns.slice(5)) };
}
