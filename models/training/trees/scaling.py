"""The scaling of features: fitted where a model is trained, on what it is trained on, and carried in its ONNX graph."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

# Scaled values beyond this many interquartile ranges carry no more information than that they are extreme.
LIMIT = np.float32(8.0)


@dataclass(frozen=True)
class Scaling:
    """`center`, `factor`: float32 [features]. Scaled = clip((x − center) · factor, ±LIMIT), all in single precision."""

    center: np.ndarray
    factor: np.ndarray

    def __call__(self, values: np.ndarray) -> np.ndarray:
        """Float32 [rows, features], by the same three operations as the graph: the same bits."""
        return np.clip((values - self.center) * self.factor, -LIMIT, LIMIT)

    def around(self, feature: int, scaled: float) -> list[np.float32]:
        """Raw float32 values whose scaled ones lie around a threshold: below, at and above."""
        raw = np.float32(float(self.center[feature]) + scaled / float(self.factor[feature]))
        found, lower, upper = [raw], raw, raw
        for _ in range(2):
            lower, upper = np.nextafter(lower, np.float32(-np.inf)), np.nextafter(upper, np.float32(np.inf))
            found += [lower, upper]
        return found


def fit_scaling(values: np.ndarray) -> Scaling:
    """Median and interquartile range of float32 [rows, features]; the deviation where the middle half is one value."""
    low, center, high = np.quantile(values.astype(np.float64), [0.25, 0.5, 0.75], axis=0)
    spread = high - low
    spread = np.where(spread > 0, spread, values.astype(np.float64).std(axis=0))
    factor = np.where(spread > 0, 1 / np.where(spread > 0, spread, 1), 1.0)
    return Scaling(center.astype(np.float32), factor.astype(np.float32))
