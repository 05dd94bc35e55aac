"""VADER with the market's lexicon, as the TypeScript side reads it: operators/sentiment/finance-lexicon.txt."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

LEXICON = Path(__file__).parents[3] / "operators" / "sentiment" / "finance-lexicon.txt"


def analyser(market: bool = True) -> SentimentIntensityAnalyzer:
    """VADER; with `market` the terms of the lexicon take the place of its own, those of valence 0 are taken out."""
    found = SentimentIntensityAnalyzer()
    for line in LEXICON.read_text(encoding="utf-8").splitlines() if market else []:
        if not line or line.startswith("#"):
            continue
        term, valence = line.split("\t")
        if float(valence) == 0:
            found.lexicon.pop(term, None)
        else:
            found.lexicon[term] = float(valence)
    return found


def compounds(texts: list[str], market: bool = True) -> np.ndarray:
    """VADER's compound score of normalised texts, [texts], −1 … 1."""
    reader = analyser(market)
    return np.array([reader.polarity_scores(text)["compound"] for text in texts])


def as_probabilities(compound: np.ndarray) -> np.ndarray:
    """[texts, 3]: the compound score on the side that it leans to, the rest neutral."""
    return np.stack([np.maximum(-compound, 0), 1 - np.abs(compound), np.maximum(compound, 0)], axis=1)
