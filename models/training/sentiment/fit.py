"""One fit of the encoder to texts with target probabilities."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from encoder import Encoder, pretrained

BATCH = 32
_POOL = 50  # batches that are sorted by length together: two thirds of the padding goes, the order stays random


@dataclass(frozen=True)
class Fit:
    """A schedule. No epoch is chosen afterwards: the last weights are the result."""

    seed: int
    layers: int = 6
    epochs: int = 4
    rate: float = 8e-5
    int8_epochs: int = 0
    """Last epochs in which forward passes round as the served model does."""


def seed_all(seed: int, threads: int) -> None:
    torch.set_num_threads(threads)
    torch.use_deterministic_algorithms(True)
    torch.utils.deterministic.fill_uninitialized_memory = False  # nothing here reads such memory; filling costs time
    torch.manual_seed(seed)
    np.random.seed(seed)


def pad(rows: list[list[int]]) -> tuple[Tensor, Tensor]:
    """Token ids of uneven length → input_ids and attention_mask, each [batch, longest] int64, padded with 0."""
    width = max(map(len, rows))
    ids = torch.tensor([row + [0] * (width - len(row)) for row in rows])
    mask = torch.tensor([[1] * len(row) + [0] * (width - len(row)) for row in rows])
    return ids, mask


def batches(lengths: list[int], shuffler: random.Random) -> list[list[int]]:
    """Indices in random batches of texts of about the same length."""
    order = list(range(len(lengths)))
    shuffler.shuffle(order)
    found: list[list[int]] = []
    for start in range(0, len(order), BATCH * _POOL):
        pool = sorted(order[start : start + BATCH * _POOL], key=lambda i: lengths[i])
        found += [pool[i : i + BATCH] for i in range(0, len(pool), BATCH)]
    shuffler.shuffle(found)
    return found


def fit(origin: list[int], ids: list[list[int]], targets: np.ndarray, settings: Fit, threads: int, name: str) -> Encoder:
    """Cross-entropy against `targets` [texts, 3], AdamW, 6 % linear warm-up then linear decay.

    `origin` holds each token's id in the published vocabulary. The result is in evaluation mode and rounds nothing.
    """
    seed_all(settings.seed, threads)
    model = pretrained(origin, settings.layers)
    steps = settings.epochs * -(-len(ids) // BATCH)
    warm_up = round(0.06 * steps)
    optimiser = torch.optim.AdamW(model.parameters(), lr=settings.rate, weight_decay=0.01, fused=True)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min((step + 1) / warm_up, max(0.0, (steps - step) / (steps - warm_up)))
    )
    goal = torch.tensor(targets, dtype=torch.float32)
    lengths = [len(row) for row in ids]
    shuffler = random.Random(settings.seed)
    started = time.monotonic()
    model.train()
    for epoch in range(settings.epochs):
        model.pretend_int8(epoch >= settings.epochs - settings.int8_epochs)
        total = 0.0
        for chosen in batches(lengths, shuffler):
            loss = nn.functional.cross_entropy(model(*pad([ids[i] for i in chosen])), goal[chosen])
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            total += loss.item() * len(chosen)
        seconds = time.monotonic() - started
        print(f"{name}, epoch {epoch + 1}/{settings.epochs}: loss {total / len(ids):.4f}, {seconds:.0f} s", flush=True)
    model.pretend_int8(False)
    return model.eval()


@torch.no_grad()
def read(model: Encoder, ids: list[list[int]]) -> np.ndarray:
    """Probabilities [texts, 3] of a fitted encoder in fp32."""
    order = sorted(range(len(ids)), key=lambda i: len(ids[i]))
    result = np.zeros((len(ids), 3), dtype=np.float32)
    for start in range(0, len(order), 128):
        chosen = order[start : start + 128]
        result[chosen] = model(*pad([ids[i] for i in chosen])).softmax(-1).numpy()
    return result
