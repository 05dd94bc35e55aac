"""Fine-tune the sentiment encoder, export it, measure it on the held-back split and write the artefact.

    python models/training/sentiment/train.py --data sentiment-train.csv.gz --news news.jsonl.gz --out <artefact folder>
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from card import write_card
from data import Example, load_headlines, load_split
from encoder import Encoder, pretrained, prune_tokenizer
from export import export

SEED, EPOCHS, RATE, BATCH, THREADS = 20150101, 4, 8e-5, 32, 2
VOCABULARY = 16_000  # × 384 bytes: what the 12 MB limit on model.onnx leaves beside 5.3 MB of layers
NEWS_BEFORE = "2015-01-01"  # later headlines are held back for evaluation, the vocabulary included


def batch(model_ids: list[list[int]]) -> tuple[Tensor, Tensor]:
    """Token ids of uneven length → input_ids and attention_mask, each [batch, longest] int64, padded with 0."""
    width = max(map(len, model_ids))
    ids = torch.tensor([row + [0] * (width - len(row)) for row in model_ids])
    mask = torch.tensor([[1] * len(row) + [0] * (width - len(row)) for row in model_ids])
    return ids, mask


def train(model: Encoder, ids: list[list[int]], labels: list[int]) -> None:
    """Cross-entropy, AdamW, 6 % linear warm-up then linear decay. A fixed number of epochs: nothing is selected."""
    steps = EPOCHS * -(-len(ids) // BATCH)
    warm_up = round(0.06 * steps)
    optimiser = torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min((step + 1) / warm_up, (steps - step) / (steps - warm_up))
    )
    order = list(range(len(ids)))
    shuffler = random.Random(SEED)
    model.train()
    for epoch in range(EPOCHS):
        shuffler.shuffle(order)
        total = 0.0
        for start in range(0, len(order), BATCH):
            chosen = order[start : start + BATCH]
            logits = model(*batch([ids[i] for i in chosen]))
            loss = nn.functional.cross_entropy(logits, torch.tensor([labels[i] for i in chosen]))
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            total += loss.item() * len(chosen)
        print(f"epoch {epoch + 1}/{EPOCHS}: training loss {total / len(order):.4f}", flush=True)
    model.eval()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="CSV, gzip: source, text, label")
    parser.add_argument("--news", type=Path, required=True, help="JSON lines, gzip: headline, published_at; vocabulary only")
    parser.add_argument("--out", type=Path, required=True, help="artefact folder to write")
    arguments = parser.parse_args()

    torch.set_num_threads(THREADS)
    torch.use_deterministic_algorithms(True)
    torch.manual_seed(SEED)
    np.random.seed(SEED)

    splits: dict[str, list[Example]] = load_split(arguments.data)
    texts = [example.text for example in splits["train"]]
    tokenizer, origin = prune_tokenizer(texts, load_headlines(arguments.news, NEWS_BEFORE), VOCABULARY)
    print({name: len(rows) for name, rows in splits.items()}, "vocabulary", len(origin), flush=True)

    model = pretrained(origin)
    train(model, [e.ids for e in tokenizer.encode_batch(texts)], [example.label for example in splits["train"]])
    arguments.out.mkdir(parents=True, exist_ok=True)
    fp32 = export(model, tokenizer, texts[:200], arguments.out)
    settings = {"seed": SEED, "epochs": EPOCHS, "learningRate": RATE, "batch": BATCH, "vocabulary": len(origin)}
    write_card(arguments.out, fp32, tokenizer, splits, settings, NEWS_BEFORE)


if __name__ == "__main__":
    main()
