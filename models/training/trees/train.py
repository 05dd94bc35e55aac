"""Train the three tree models walk-forward, check their ONNX files against the trainer, and write the artefacts.

    python models/training/trees/train.py --vectors FOLDER --out models/artifacts --created-at 2026-01-31T00:00:00Z
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import lightgbm as lgb
import numpy as np
import onnx

import metrics
import parity
from data import LARGE_MOVE, PURGED_SESSIONS, QUARTERS, Vectors, load, session_weight, threshold_rows, walk_forward
from lightgbm_onnx import probability_model, quantile_model
from scaling import LIMIT, Scaling, fit_scaling

LEVELS = np.array([0.05, 0.25, 0.5, 0.75, 0.95])
VERSION = "1.2.0"
REPORTED = QUARTERS[1:-1]  # quarters with a calibrator from the quarters before them
WALK_FORWARD = {"from": REPORTED[0], "before": QUARTERS[-1], "purgedSessions": PURGED_SESSIONS}
# A task: the 18 features of 1.0.0; all of them, scaled; the same with the six-layer encoder's sentiment. The settings of the
# trees are those written down first.
CONFIGURATIONS_TRIED = 3

COMMON: dict[str, Any] = {
    "learning_rate": 0.03, "num_leaves": 8, "min_data_in_leaf": 400, "lambda_l2": 10.0,
    "feature_fraction": 0.7, "bagging_fraction": 0.7, "bagging_freq": 1,
    "max_bin": 127, "use_missing": False, "zero_as_missing": False,
    "seed": 20141231, "deterministic": True, "force_row_wise": True, "num_threads": 1, "verbose": -1,
}
Trained = Callable[[np.ndarray], np.ndarray]
TREES = {"direction": 80, "move": 200, "return": 100}


def fit(
    vectors: Vectors, mask: np.ndarray, label: np.ndarray, trees: int, objective: dict[str, Any], scaling: Scaling
) -> lgb.Booster:
    """Train on the masked rows; values are float32 already, as the models are served."""
    scaled = scaling(vectors.values[mask])
    data = lgb.Dataset(
        scaled, label[mask], weight=vectors.rows["weight"].to_numpy()[mask], feature_name=vectors.names,
    )
    return lgb.train({**COMMON, **objective}, data, trees)


def margin(booster: lgb.Booster, values: np.ndarray) -> np.ndarray:
    return booster.predict(values, raw_score=True)


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def fit_platt(margins: np.ndarray, y: np.ndarray, weight: np.ndarray) -> tuple[float, float]:
    """Slope and intercept of a logistic regression on out-of-sample margins, by Newton's method.

    A weak ridge towards the identity (slope 1, intercept 0; worth ten sessions of one symbol) and a slope of at least
    0.05 keep the calibrator rising where there is next to nothing to learn.
    """
    design, beta, prior = np.column_stack([margins, np.ones_like(margins)]), np.array([1.0, 0.0]), np.array([1.0, 0.0])
    for _ in range(50):
        p = sigmoid(design @ beta)
        gradient = design.T @ (weight * (p - y)) + 10 * (beta - prior)
        hessian = (design * (weight * p * (1 - p))[:, None]).T @ design + 10 * np.eye(2)
        step = np.linalg.solve(hessian, gradient)
        beta = beta - step
        if np.abs(step).max() < 1e-10:
            break
    if beta[0] < 0.05:
        base = np.average(y, weights=weight)
        return 0.05, float(math.log(base / (1 - base)) - 0.05 * np.average(margins, weights=weight))
    return float(beta[0]), float(beta[1])


def groups(vectors: Vectors, reported: np.ndarray) -> dict[str, np.ndarray]:
    """All rows; those of a bar, known at its close; those of an article, which may come in mid-session."""
    trigger = vectors.rows["trigger"]
    masks = {"all": reported, "atClose": reported & (trigger == "bar"), "atNews": reported & (trigger == "sentiment")}
    return {name: np.asarray(mask) for name, mask in masks.items() if mask.any()}


def evaluate_probability(vectors: Vectors, y: np.ndarray, task: str) -> tuple[dict[str, Any], np.ndarray, np.ndarray]:
    """Walk forward. Returns the metrics, and the out-of-sample margins with their mask (for the final calibrator)."""
    rows, weight = vectors.rows, vectors.rows["weight"].to_numpy()
    margins, p, base = (np.full(len(rows), np.nan) for _ in range(3))
    reported = np.zeros(len(rows), bool)
    for start, train, test in walk_forward(rows):
        scaling = fit_scaling(vectors.values[train])
        booster = fit(vectors, train, y, TREES[task], {"objective": "binary"}, scaling)
        margins[test] = margin(booster, scaling(vectors.values[test]))
        if start in REPORTED:
            earlier = ~np.isnan(margins) & ~test
            slope, intercept = fit_platt(margins[earlier], y[earlier], weight[earlier])
            p[test] = sigmoid(slope * margins[test] + intercept)
            base[test] = np.average(y[train], weights=weight[train])
            reported |= test
    result: dict[str, Any] = {"walkForward": WALK_FORWARD}
    for name, mask in groups(vectors, reported).items():
        w, labels = session_weight(rows[mask]), y[mask]
        result[name] = {
            "vectors": int(mask.sum()),
            "symbolSessions": round(float(w.sum())),
            "baseRate": float(np.average(labels, weights=w)),
            "model": metrics.probability_metrics(p[mask], labels, w),
            "trainingBaseRate": {
                "brier": metrics.brier(base[mask], labels, w), "logLoss": metrics.log_loss(base[mask], labels, w),
            },
        }
        if task == "move":
            normal = metrics.normal_move(rows["volatility"].to_numpy()[mask], LARGE_MOVE)
            result[name]["trailingVolatilityNormal"] = metrics.probability_metrics(normal, labels, w)
        else:
            sessions = rows["barTime"].to_numpy()[mask]
            for who, guess in (("model", p[mask]), ("trainingBaseRate", base[mask])):
                accuracy, error = metrics.clustered_mean(((guess > 0.5) == labels).astype(float), w, sessions)
                result[name][who] |= {"accuracy": accuracy, "accuracyStandardErrorByDay": error}
    return result, margins, ~np.isnan(margins)


def evaluate_quantiles(vectors: Vectors, y: np.ndarray) -> dict[str, Any]:
    rows, weight = vectors.rows, vectors.rows["weight"].to_numpy()
    predicted, empirical = (np.full((len(rows), len(LEVELS)), np.nan) for _ in range(2))
    reported = np.zeros(len(rows), bool)
    for start, train, test in walk_forward(rows):
        if start not in REPORTED:
            continue
        scaling = fit_scaling(vectors.values[train])
        boosters, scaled = fit_quantiles(vectors, train, y, scaling), scaling(vectors.values[test])
        predicted[test] = np.sort(np.column_stack([margin(booster, scaled) for booster in boosters]), 1)
        empirical[test] = metrics.weighted_quantiles(y[train], weight[train], LEVELS)
        reported |= test
    normal = metrics.normal_quantiles(rows["volatility"].to_numpy(), LEVELS)
    result: dict[str, Any] = {"walkForward": WALK_FORWARD}
    for name, mask in groups(vectors, reported).items():
        w, sessions = session_weight(rows[mask]), rows["barTime"].to_numpy()[mask]
        losses = {
            who: metrics.pinball(quantiles[mask], LEVELS, y[mask])
            for who, quantiles in (
                ("model", predicted), ("trainingEmpirical", empirical), ("trailingVolatilityNormal", normal),
            )
        }
        inside = (y[mask] >= predicted[mask, 0]) & (y[mask] <= predicted[mask, -1])
        result[name] = {
            "vectors": int(mask.sum()),
            "symbolSessions": round(float(w.sum())),
            "coverage90": float(np.average(inside, weights=w)),
        }
        for who, loss in losses.items():
            difference, error = metrics.clustered_mean(losses["model"] - loss, w, sessions)
            result[name][who] = {"pinball": float(np.average(loss, weights=w))}
            if who != "model":
                result[name][who] |= {"modelMinusThis": difference, "standardErrorByDay": error}
    return result


def fit_quantiles(vectors: Vectors, mask: np.ndarray, y: np.ndarray, scaling: Scaling) -> list[lgb.Booster]:
    return [
        fit(vectors, mask, y, TREES["return"], {"objective": "quantile", "alpha": level}, scaling) for level in LEVELS
    ]


def publish(
    arguments: argparse.Namespace,
    task: str,
    model: onnx.ModelProto,
    vectors: Vectors,
    boosters: list[lgb.Booster],
    scaling: Scaling,
    levels: list[float],
    measured: dict[str, Any],
    checked: dict[str, Any],
) -> str:
    """Write model.onnx and model.json under out/task/lgbm-task/VERSION; return the model's SHA-256."""
    name = f"lgbm-{task}"
    folder = arguments.out / task / name / VERSION
    folder.mkdir(parents=True, exist_ok=True)
    data = model.SerializeToString(deterministic=True)
    (folder / "model.onnx").write_bytes(data)
    sha256 = hashlib.sha256(data).hexdigest()
    rows = vectors.rows
    gains = np.sum([booster.feature_importance("gain") for booster in boosters], axis=0)
    importance = {name: round(float(gain), 4) for name, gain in zip(vectors.names, gains / gains.sum(), strict=True)}
    card = {
        "name": name, "version": VERSION, "task": task, "algorithm": "lightgbm",
        "sha256": sha256, "files": {"model.onnx": sha256},
        "featureSet": vectors.feature_set, "featureNames": vectors.names, "levels": levels,
        "sentimentModel": vectors.sentiment_model,
        "target": {
            "direction": "P(adjusted return from barTime's close to the next session's close > 0)",
            "move": f"P(|that return| > {LARGE_MOVE})", "return": "quantiles of that return, simple",
        }[task],
        "metrics": metrics.rounded(measured, 6),
        "parity": checked,
        "dataWindow": {
            "firstBar": rows["barTime"].min().strftime("%Y-%m-%d"),
            "lastLabel": rows["nextTime"].max().strftime("%Y-%m-%d"),
            "vectors": len(rows), "symbols": int(rows["symbol"].nunique()), "newsFrom": "2013-12-31",
            "held": "nothing after 2014-12-31 was read for training, calibration or choice",
        },
        "trainedSymbols": sorted(rows["symbol"].unique().tolist()),
        "scaling": {
            "formula": "clip((x - center) * factor, -limit, limit), in the model file", "limit": float(LIMIT),
            "center": scaling.center.astype(float).tolist(), "factor": scaling.factor.astype(float).tolist(),
            "fittedOn": "the vectors of the data window",
        },
        "configurationsTried": CONFIGURATIONS_TRIED,
        "trainingSamples": len(rows),
        "featureImportance": importance,
        "hyperparameters": {"trees": TREES[task], **COMMON},
        "trainer": {name: version(name) for name in ("lightgbm", "numpy", "onnx")},
        "licences": {
            "bars and news": "yumoxu/stocknet-dataset, MIT",
            "sentiment model's texts": "SEntFiN (pyRis/SEntFiN), MIT; Twitter Financial News Sentiment, MIT",
        },
        "createdAt": arguments.created_at,
    }
    (folder / "model.json").write_text(json.dumps(card, indent=2) + "\n", encoding="ascii")
    print(f"{task}: {len(data):,} bytes, {sha256}")
    print(json.dumps({"metrics": card["metrics"], "parity": checked}, indent=1), flush=True)
    return sha256


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--vectors", type=Path, required=True, help="folder that export.js wrote")
    parser.add_argument("--out", type=Path, required=True, help="artefact root to write to")
    parser.add_argument("--fixtures", type=Path, help="folder for the rows that the tests compare")
    parser.add_argument("--created-at", required=True, help="ISO time for the cards; everything else is reproducible")
    arguments = parser.parse_args()

    vectors = load(arguments.vectors)
    rows, weight = vectors.rows, vectors.rows["weight"].to_numpy()
    returns, everything = rows["nextReturn"].to_numpy(), np.ones(len(rows), bool)
    scaling = fit_scaling(vectors.values)
    print(f"{len(rows)} vectors, {rows['barTime'].min()} to {rows['nextTime'].max()}", flush=True)

    for task, y in (("direction", returns > 0), ("move", np.abs(returns) > LARGE_MOVE)):
        measured, margins, known = evaluate_probability(vectors, y, task)
        slope, intercept = fit_platt(margins[known], y[known], weight[known])
        # What is served, and so compared, is the calibrator in single precision.
        slope, intercept = float(np.float32(slope)), float(np.float32(intercept))
        measured["calibrator"] = {"slope": slope, "intercept": intercept}
        booster = fit(vectors, everything, y, TREES[task], {"objective": "binary"}, scaling)
        model = probability_model(booster, scaling, slope, intercept)

        def expected(
            values: np.ndarray, booster: lgb.Booster = booster, slope: float = slope, intercept: float = intercept
        ) -> np.ndarray:
            return sigmoid(slope * margin(booster, scaling(values)) + intercept)[:, None]

        checked = gate(model, expected, vectors, [booster], scaling, 0.5)
        sha256 = publish(arguments, task, model, vectors, [booster], scaling, [], measured, checked)
        write_fixture(arguments.fixtures, task, sha256, vectors, [booster], scaling, expected)

    measured = evaluate_quantiles(vectors, returns)
    boosters = fit_quantiles(vectors, everything, returns, scaling)
    model = quantile_model(boosters, scaling)

    def expected_quantiles(values: np.ndarray) -> np.ndarray:
        scaled = scaling(values)
        return np.sort(np.column_stack([margin(booster, scaled) for booster in boosters]), 1)

    checked = gate(model, expected_quantiles, vectors, boosters, scaling, None)
    sha256 = publish(arguments, "return", model, vectors, boosters, scaling, LEVELS.tolist(), measured, checked)
    write_fixture(arguments.fixtures, "return", sha256, vectors, boosters, scaling, expected_quantiles)


def write_fixture(
    folder: Path | None, task: str, sha256: str, vectors: Vectors, boosters: list[lgb.Booster], scaling: Scaling,
    expected: Trained,
) -> None:
    """Some development rows and some at thresholds, with the trainer's results, for the tests of the served file."""
    if folder is None:
        return
    folder.mkdir(parents=True, exist_ok=True)
    at_thresholds = threshold_rows(vectors.values, parity.thresholds(boosters), scaling)
    some = [vectors.values[:: len(vectors.values) // 60], at_thresholds[:: max(1, len(at_thresholds) // 60)]]
    values = np.concatenate(some)
    fixture = {
        "featureSet": vectors.feature_set, "sha256": sha256,
        "rows": values.astype(float).tolist(), "expected": metrics.rounded(expected(values).tolist(), 9),
    }
    (folder / f"{task}.json").write_text(json.dumps(fixture) + "\n", encoding="ascii")


def gate(
    model: onnx.ModelProto, expected: Trained, vectors: Vectors, boosters: list[lgb.Booster], scaling: Scaling,
    cut: float | None,
) -> dict[str, Any]:
    """Parity on all development rows and on rows at every split's threshold."""
    data = model.SerializeToString(deterministic=True)
    at_thresholds = threshold_rows(vectors.values, parity.thresholds(boosters), scaling)
    return {
        "development": parity.check(data, expected, vectors.values, cut),
        "atThresholds": parity.check(data, expected, at_thresholds, cut),
    }


if __name__ == "__main__":
    main()
