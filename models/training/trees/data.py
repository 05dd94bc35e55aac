"""Reading the exported feature vectors with their labels, and the walk-forward split."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from scaling import Scaling

# Labels included. What lies after it is opened once per release, to judge and never to choose.
DEVELOPMENT_END = pd.Timestamp("2015-01-01", tz="UTC")
# Test quarters; the first one only gives the second one its calibrator.
QUARTERS = ["2013-07-01", "2013-10-01", "2014-01-01", "2014-04-01", "2014-07-01", "2014-10-01", "2015-01-01"]
PURGED_SESSIONS = 1
LARGE_MOVE = 0.02


@dataclass(frozen=True)
class Vectors:
    """`values` float32 [rows, features]; `rows`: symbol, barTime, nextTime, trigger, nextReturn, weight, volatility."""

    rows: pd.DataFrame
    values: np.ndarray
    feature_set: str
    names: list[str]
    sentiment_model: str


def load(folder: Path) -> Vectors:
    """Read `vectors.csv.gz` and `vectors.json`, keep the development rows whose label is known by then."""
    about = json.loads((folder / "vectors.json").read_text(encoding="utf-8"))
    # A symbol may be called NA or NAN: only an empty cell is missing.
    table = pd.read_csv(folder / "vectors.csv.gz", keep_default_na=False, na_values=[""], low_memory=False)
    names = about["featureNames"]
    for column in ("asOf", "barTime", "nextTime"):
        table[column] = pd.to_datetime(table[column], unit="ms", utc=True)
    table = table[table["nextReturn"].notna() & (table["nextTime"] < DEVELOPMENT_END)]
    # A vector from after the close that it is to predict has no label (a late bar): leave it out.
    table = table[table["asOf"] < table["nextTime"]]
    table = table.sort_values(["barTime", "symbol", "asOf"], kind="stable").reset_index(drop=True)
    values = table[names].to_numpy(np.float32)
    if not np.isfinite(values).all():
        raise SystemExit("a feature is not finite")

    rows = table.drop(columns=names)
    rows["weight"] = session_weight(rows)
    rows["volatility"] = trailing_volatility(rows)
    return Vectors(rows, values, about["featureSet"], names, about["sentimentModel"])


def session_weight(rows: pd.DataFrame) -> np.ndarray:
    """Weights with which every symbol's session counts once, however many articles gave it a vector."""
    return (1 / rows.groupby(["symbol", "barTime"])["symbol"].transform("size")).to_numpy()


def trailing_volatility(rows: pd.DataFrame) -> np.ndarray:
    """Standard deviation of each symbol's returns up to barTime: exponentially weighted, half-life 20 sessions."""
    sessions = rows.drop_duplicates(["symbol", "barTime"])[["symbol", "barTime", "nextReturn"]]
    known = sessions.groupby("symbol")["nextReturn"].shift(1) ** 2
    squares = known.groupby(sessions["symbol"])
    variance = squares.transform(lambda square: square.ewm(halflife=20, min_periods=5).mean())
    volatility = np.sqrt(variance).fillna(np.sqrt(known.mean()))
    sessions = sessions.assign(volatility=volatility)
    return rows[["symbol", "barTime"]].merge(sessions, on=["symbol", "barTime"], how="left")["volatility"].to_numpy()


def walk_forward(rows: pd.DataFrame) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """(quarter's first day, training mask, test mask): train on all that was known before, less the purged sessions."""
    sessions = np.sort(rows["barTime"].unique())
    for start, end in zip(QUARTERS, QUARTERS[1:], strict=False):
        first, last = pd.Timestamp(start, tz="UTC"), pd.Timestamp(end, tz="UTC")
        test = ((rows["barTime"] >= first) & (rows["barTime"] < last)).to_numpy()
        before = sessions[sessions < first]
        # Labels end by the last bar before the quarter; one session more is left out between the two.
        limit = before[-1 - PURGED_SESSIONS]
        yield start, (rows["nextTime"] <= limit).to_numpy(), test


def threshold_rows(
    values: np.ndarray, thresholds: list[tuple[int, float]], scaling: Scaling, seed: int = 1
) -> np.ndarray:
    """For every split, real rows moved to around its threshold: [5 · splits, features], not scaled."""
    chosen = np.random.default_rng(seed).integers(0, len(values), 5 * len(thresholds))
    rows = values[chosen].copy()
    for index, (feature, threshold) in enumerate(thresholds):
        for offset, value in enumerate(scaling.around(feature, threshold)):
            rows[5 * index + offset, feature] = value
    return rows
