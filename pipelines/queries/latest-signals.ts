import type { Database } from "../runtime/database/database.js";

export interface SignalRow {
  readonly symbol: string;
  readonly as_of: Date;
  readonly direction: string;
  readonly strength: number;
  readonly confidence: number;
  readonly close: number;
  readonly valid_until: Date;
  readonly reasons: { readonly name: string; readonly value: number; readonly weight: number }[];
  readonly predicted_price: number | null;
  readonly lower_bound: number | null;
  readonly upper_bound: number | null;
  /** Whether the models behind it were trained on the symbol; null when that is not known. */
  readonly trained: boolean | null;
}

/** The latest signal of each symbol with what drove it and its forecast, the strongest first. */
export function latestSignals(database: Pick<Database, "query">, limit: number): Promise<SignalRow[]> {
  return database.query<SignalRow>(
    `SELECT latest.symbol, latest.as_of, latest.direction, latest.strength, latest.confidence, latest.close,
            latest.valid_until, latest.reasons, f.predicted_price, f.lower_bound, f.upper_bound,
            latest.trained
     FROM latest_signals AS latest LEFT JOIN forecasts AS f ON f.forecast_id = latest.forecast_id
     ORDER BY abs(latest.strength) DESC, latest.symbol LIMIT $1`,
    [limit],
  );
}
