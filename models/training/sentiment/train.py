"""Fine-tune the sentiment encoder, export it, measure it on the held-back split and write the artefact.

    python models/training/sentiment/train.py --data sentiment-train.csv.gz --news news.jsonl.gz --out <artefact folder>

Two teachers are fitted to the labelled texts and to written sentences of company news. The student, which is served,
learns from the same and from what the teachers give, on average, for news without labels; its last epoch rounds as int8 will.
"""

from __future__ import annotations

import argparse
import json
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, replace
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from card import write_card, write_unquantised
from company_news import written_sentences
from data import LABELS, Example, load_headlines, load_split, sample_headlines
from encoder import prune_tokenizer
from export import export
from fit import BATCH, Fit, fit, read
from text import normalise

VERSION = "1.0.0"
CONFIGURATIONS_TRIED = 4  # openings of the test split over all versions of this script, see ../README.md
THREADS = 2
VOCABULARY = 18_000  # × 384 bytes: what 20 MB leave beside six layers
NEWS_BEFORE = "2015-01-01"  # later headlines are held back for evaluation, the vocabulary included
SMOOTHING = 0.05  # of the labels; the teachers' probabilities are soft as they are
COMPANY_SENTENCES, UNLABELLED = 3_000, 14_000
TEACHERS = [Fit(seed=20150101), Fit(seed=20150102)]
STUDENT = Fit(seed=20150103, int8_epochs=1)


def smoothed(rows: list[Example]) -> np.ndarray:
    """Target probabilities [texts, 3] of labelled texts."""
    return np.eye(len(LABELS))[[row.label for row in rows]] * (1 - SMOOTHING) + SMOOTHING / len(LABELS)


def teach(origin: list[int], ids: list[list[int]], targets: np.ndarray, asked: list[list[int]], settings: Fit) -> np.ndarray:
    """Fit a teacher; its probabilities for the texts `asked`, [texts, 3]. Runs in a process of its own."""
    return read(fit(origin, ids, targets, settings, threads=1, name=f"teacher {settings.seed}"), asked)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="CSV, gzip: source, text, label")
    parser.add_argument("--news", type=Path, required=True, help="JSON lines, gzip: headline, published_at; without labels")
    parser.add_argument("--out", type=Path, required=True, help="artefact folder to write")
    parser.add_argument("--fp32", type=Path, help="folder for the same model before quantisation, to evaluate beside it")
    parser.add_argument("--layers", type=int, default=STUDENT.layers, help="of the student, 1 … 6")
    parser.add_argument("--teachings", type=Path, help="file that keeps the answers of the teachers, for another student")
    arguments = parser.parse_args()

    splits = load_split(arguments.data)
    company = written_sentences(COMPANY_SENTENCES, STUDENT.seed)
    labelled = splits["train"] + company
    tokenizer, origin = prune_tokenizer(
        [row.text for row in labelled], load_headlines(arguments.news, NEWS_BEFORE), VOCABULARY
    )
    print({name: len(rows) for name, rows in splits.items()}, "vocabulary", len(origin), flush=True)

    def tokens(texts: list[str]) -> list[list[int]]:
        return [encoding.ids for encoding in tokenizer.encode_batch(texts)]

    ids, targets = tokens([row.text for row in labelled]), smoothed(labelled)
    if arguments.teachings and arguments.teachings.exists():
        teachings = json.loads(arguments.teachings.read_text(encoding="utf-8"))
        unlabelled, taught = [normalise(text) for text in teachings["texts"]], np.array(teachings["probabilities"])
    else:
        unlabelled = sample_headlines(arguments.news, NEWS_BEFORE, UNLABELLED, STUDENT.seed)
        with ProcessPoolExecutor(THREADS, get_context("spawn")) as pool:
            running = [pool.submit(teach, origin, ids, targets, tokens(unlabelled), settings) for settings in TEACHERS]
            taught = np.mean([teacher.result() for teacher in running], axis=0)
        if arguments.teachings:
            kept = {"texts": unlabelled, "probabilities": taught.astype(float).round(6).tolist()}
            arguments.teachings.write_text(json.dumps(kept), encoding="utf-8")
    asked = tokens(unlabelled)

    settings = replace(STUDENT, layers=arguments.layers)
    model = fit(origin, ids + asked, np.concatenate([targets, taught]), settings, THREADS, "student")
    arguments.out.mkdir(parents=True, exist_ok=True)
    fp32 = export(model, tokenizer, [row.text for row in labelled[:200]], arguments.out)
    recipe = {
        **asdict(settings), "batch": BATCH, "vocabulary": len(origin), "labelSmoothing": SMOOTHING,
        "teachers": len(TEACHERS), "companySentences": len(company), "unlabelledHeadlines": len(unlabelled),
    }  # fmt: skip
    write_card(arguments.out, fp32, tokenizer, splits, recipe, NEWS_BEFORE, VERSION, CONFIGURATIONS_TRIED)
    if arguments.fp32:
        write_unquantised(arguments.out, fp32, arguments.fp32)


if __name__ == "__main__":
    main()
