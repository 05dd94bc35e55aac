"""Metrics, weighted so that every symbol's session counts once, with errors clustered by session."""

from __future__ import annotations

import numpy as np
from scipy.stats import norm
from sklearn.metrics import roc_auc_score


def log_loss(p: np.ndarray, y: np.ndarray, weight: np.ndarray) -> float:
    p = np.clip(p, 1e-9, 1 - 1e-9)
    return float(np.average(-np.where(y, np.log(p), np.log(1 - p)), weights=weight))


def brier(p: np.ndarray, y: np.ndarray, weight: np.ndarray) -> float:
    return float(np.average((p - y) ** 2, weights=weight))


def auc(p: np.ndarray, y: np.ndarray, weight: np.ndarray) -> float:
    """Area under the ROC curve; 0.5 for a constant."""
    return float(roc_auc_score(y, p, sample_weight=weight))


def clustered_mean(values: np.ndarray, weight: np.ndarray, cluster: np.ndarray) -> tuple[float, float]:
    """Weighted mean and its standard error with sessions as clusters: symbols of one day move together."""
    mean = float(np.average(values, weights=weight))
    _, index = np.unique(cluster, return_inverse=True)
    sums = np.bincount(index, weights=weight * (values - mean))
    groups = len(sums)
    return mean, float(np.sqrt((sums**2).sum() * groups / (groups - 1)) / weight.sum())


def probability_metrics(p: np.ndarray, y: np.ndarray, weight: np.ndarray) -> dict[str, float]:
    return {"auc": auc(p, y, weight), "brier": brier(p, y, weight), "logLoss": log_loss(p, y, weight)}


def pinball(quantiles: np.ndarray, levels: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Pinball loss averaged over the levels, [rows]. quantiles [rows, levels]."""
    error = y[:, None] - quantiles
    return np.maximum(levels * error, (levels - 1) * error).mean(1)


def normal_quantiles(volatility: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """Quantiles of a zero-mean normal return, [rows, levels]."""
    return volatility[:, None] * norm.ppf(levels)[None, :]


def normal_move(volatility: np.ndarray, size: float) -> np.ndarray:
    """P(|return| > size) of a zero-mean normal return, [rows]."""
    return 2 * norm.sf(size / volatility)


def weighted_quantiles(y: np.ndarray, weight: np.ndarray, levels: np.ndarray) -> np.ndarray:
    order = np.argsort(y, kind="stable")
    share = np.cumsum(weight[order]) / weight.sum()
    return y[order][np.minimum(np.searchsorted(share, levels), len(y) - 1)]


def rounded(value: object, digits: int = 5) -> object:
    """A nested structure of numbers, rounded for the card."""
    if isinstance(value, dict):
        return {key: rounded(item, digits) for key, item in value.items()}
    if isinstance(value, list):
        return [rounded(item, digits) for item in value]
    return round(value, digits) if isinstance(value, float) else value
