"""Reading the labelled texts and splitting them so that near-duplicates never straddle two splits."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import random
from dataclasses import dataclass
from pathlib import Path

from text import group_key, normalise

LABELS = ["negative", "neutral", "positive"]


@dataclass(frozen=True)
class Example:
    """One labelled text: normalised text, index into LABELS, source."""

    text: str
    label: int
    source: str


def load_split(path: Path) -> dict[str, list[Example]]:
    """Read the CSV (columns source, text, label) into train, dev and test, about 80:10:10.

    The split is a hash of the group key, so it depends on neither order nor seed.
    """
    splits: dict[str, list[Example]] = {"train": [], "dev": [], "test": []}
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            bucket = hashlib.sha256(group_key(row["text"]).encode()).digest()[0] / 256
            name = "train" if bucket < 0.8 else "dev" if bucket < 0.9 else "test"
            splits[name].append(Example(normalise(row["text"]), LABELS.index(row["label"]), row["source"]))
    return splits


def load_raw_texts(path: Path) -> list[str]:
    """The labelled texts as they stand in the CSV."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        return [row["text"] for row in csv.DictReader(file)]


def load_raw_headlines(path: Path, before: str) -> list[str]:
    """Headlines of the JSON lines published before the ISO date `before`, as they stand."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        items = (json.loads(line) for line in file)
        return [item["headline"] for item in items if item["published_at"] < before]


def load_headlines(path: Path, before: str) -> list[str]:
    """Normalised headlines published before the ISO date `before`."""
    return [normalise(headline) for headline in load_raw_headlines(path, before)]


def sample_headlines(path: Path, before: str, count: int, seed: int) -> list[str]:
    """`count` normalised headlines published before `before`, no two of the same words (see `group_key`)."""
    distinct = {group_key(headline): normalise(headline) for headline in load_raw_headlines(path, before)}
    chosen = sorted(key for key in distinct if len(key.split()) >= 4)
    return [distinct[key] for key in random.Random(seed).sample(chosen, count)]
