"""The gate: an ONNX file that disagrees with its trainer is not published."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import onnxruntime as ort
from lightgbm import Booster

TOLERANCE = 1e-5


def thresholds(boosters: list[Booster]) -> list[tuple[int, float]]:
    """(feature, threshold) of every split."""
    found: list[tuple[int, float]] = []

    def walk(node: dict[str, Any]) -> None:
        if "threshold" in node:
            found.append((node["split_feature"], node["threshold"]))
            walk(node["left_child"])
            walk(node["right_child"])

    for booster in boosters:
        for tree in booster.dump_model()["tree_info"]:
            walk(tree["tree_structure"])
    return sorted(set(found))


def run(model: bytes, values: np.ndarray) -> np.ndarray:
    """The served file's outputs, [rows, outputs], single-threaded as in the workers."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    return session.run(None, {"features": values})[0]


def check(
    model: bytes, expected: Callable[[np.ndarray], np.ndarray], values: np.ndarray, cut: float | None
) -> dict[str, float]:
    """Compare on `values`; `cut` is the probability at which the class changes. Raises SystemExit on disagreement."""
    served, trained = run(model, values), expected(values)
    difference = float(np.abs(served - trained).max())
    flips = 0 if cut is None else int(((served > cut) != (trained > cut)).sum())
    if difference > TOLERANCE or flips > 0:
        raise SystemExit(f"parity gate: largest difference {difference:.2e}, {flips} class flips on {len(values)} rows")
    return {"rows": len(values), "largestDifference": difference, "classFlips": flips}
