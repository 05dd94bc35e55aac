"""LightGBM boosters → ONNX (ai.onnx.ml 3 TreeEnsembleRegressor), exact in every split.

The usual converters round a split's double threshold to the nearest float32: a row just above the threshold may then
go left. Features are float32, so rounding the threshold towards minus infinity leaves `x <= threshold` unchanged for
every float32 x.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import onnx
from lightgbm import Booster
from onnx import TensorProto, helper, numpy_helper

from scaling import LIMIT, Scaling

OPSETS = [helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", 3)]
IR_VERSION = 8


# LightGBM's predictor takes values up to this size for 0 (its kZeroThreshold).
ZERO = np.float32(1e-35)


def round_down(threshold: float) -> np.float32:
    """The float32 t for which `x <= t` sends every float32 x where LightGBM's `x <= threshold` does.

    That is the largest float32 that is not above `threshold`, but around 0, where all of [-ZERO, ZERO] goes with 0.
    """
    if -float(ZERO) <= threshold < 0:
        return np.nextafter(-ZERO, np.float32(-np.inf))
    if 0 <= threshold < float(ZERO):
        return ZERO
    rounded = np.float32(threshold)
    return rounded if float(rounded) <= threshold else np.nextafter(rounded, np.float32(-np.inf))


def tree_ensemble(boosters: Sequence[Booster], inputs: str, output: str) -> onnx.NodeProto:
    """One node that gives each booster's raw margin: float32 [rows, len(boosters)]."""
    nodes: dict[str, list[Any]] = {
        name: []
        for name in (
            "treeids", "nodeids", "featureids", "modes", "values", "truenodeids", "falsenodeids",
            "hitrates", "missing_value_tracks_true",
        )
    }
    leaves: dict[str, list[Any]] = {name: [] for name in ("treeids", "nodeids", "ids", "weights")}
    tree_id = 0
    for target, booster in enumerate(boosters):
        for tree in booster.dump_model()["tree_info"]:
            _add_tree(tree["tree_structure"], tree_id, target, nodes, leaves)
            tree_id += 1
    return helper.make_node(
        "TreeEnsembleRegressor", [inputs], [output], domain="ai.onnx.ml", n_targets=len(boosters),
        aggregate_function="SUM", post_transform="NONE",
        **{f"nodes_{name}": values for name, values in nodes.items()},
        **{f"target_{name}": values for name, values in leaves.items()},
    )


def _add_tree(
    root: dict[str, Any], tree_id: int, target: int, nodes: dict[str, list[Any]], leaves: dict[str, list[Any]]
) -> None:
    """Append a tree's nodes, numbered in pre-order."""
    size = 0

    def add(node: dict[str, Any]) -> int:
        nonlocal size
        node_id, size = size, size + 1
        position = len(nodes["treeids"])
        leaf = "leaf_value" in node
        if not leaf and (node["decision_type"] != "<=" or node["missing_type"] != "None"):
            raise ValueError(f"unsupported split {node['decision_type']} with missing type {node['missing_type']}")
        row = {
            "treeids": tree_id, "nodeids": node_id, "featureids": 0 if leaf else node["split_feature"],
            "modes": "LEAF" if leaf else "BRANCH_LEQ", "values": 0.0 if leaf else float(round_down(node["threshold"])),
            "truenodeids": 0, "falsenodeids": 0, "hitrates": 1.0, "missing_value_tracks_true": 0,
        }
        for name, value in row.items():
            nodes[name].append(value)
        if leaf:
            end = {"treeids": tree_id, "nodeids": node_id, "ids": target, "weights": node["leaf_value"]}
            for name, value in end.items():
                leaves[name].append(value)
        else:
            nodes["truenodeids"][position] = add(node["left_child"])
            nodes["falsenodeids"][position] = add(node["right_child"])
        return node_id

    add(root)


def scale(scaling: Scaling) -> tuple[list[onnx.NodeProto], list[onnx.TensorProto]]:
    """features → scaled, as `Scaling` does."""
    nodes = [
        helper.make_node("Sub", ["features", "center"], ["centered"]),
        helper.make_node("Mul", ["centered", "factor"], ["unclipped"]),
        helper.make_node("Clip", ["unclipped", "lowest", "highest"], ["scaled"]),
    ]
    constants = {"center": scaling.center, "factor": scaling.factor, "lowest": -LIMIT, "highest": LIMIT}
    return nodes, [numpy_helper.from_array(np.asarray(value, np.float32), name) for name, value in constants.items()]


def probability_model(booster: Booster, scaling: Scaling, slope: float, intercept: float) -> onnx.ModelProto:
    """features float32 [rows, features] → probability float32 [rows, 1] = sigmoid(slope · margin + intercept)."""
    if slope <= 0 or not math.isfinite(slope) or not math.isfinite(intercept):
        raise ValueError(f"not a rising calibrator: {slope} · margin + {intercept}")
    nodes, constants = scale(scaling)
    graph = [
        *nodes,
        tree_ensemble([booster], "scaled", "margin"),
        helper.make_node("Mul", ["margin", "slope"], ["sloped"]),
        helper.make_node("Add", ["sloped", "intercept"], ["calibrated"]),
        helper.make_node("Sigmoid", ["calibrated"], ["probability"]),
    ]
    constants += [
        helper.make_tensor("slope", TensorProto.FLOAT, [1], [slope]),
        helper.make_tensor("intercept", TensorProto.FLOAT, [1], [intercept]),
    ]
    return _model(graph, constants, len(scaling.center), "probability", 1)


def quantile_model(boosters: Sequence[Booster], scaling: Scaling) -> onnx.ModelProto:
    """features float32 [rows, features] → quantiles float32 [rows, len(boosters)], ascending (sorted: no crossing)."""
    nodes, constants = scale(scaling)
    graph = [
        *nodes,
        tree_ensemble(boosters, "scaled", "raw"),
        helper.make_node("TopK", ["raw", "count"], ["quantiles", "order"], axis=1, largest=0, sorted=1),
    ]
    constants += [helper.make_tensor("count", TensorProto.INT64, [1], [len(boosters)])]
    return _model(graph, constants, len(scaling.center), "quantiles", len(boosters))


def _model(
    graph: list[onnx.NodeProto], constants: list[onnx.TensorProto], features: int, output: str, width: int
) -> onnx.ModelProto:
    def tensor(name: str, columns: int) -> onnx.ValueInfoProto:
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, ["rows", columns])

    model = helper.make_model(
        helper.make_graph(graph, output, [tensor("features", features)], [tensor(output, width)], constants),
        opset_imports=OPSETS, producer_name="newstape", ir_version=IR_VERSION,
    )
    onnx.checker.check_model(model)
    return model
