"""A model of FinBERT's shape with random weights, in the hub's layout: for loading, memory and speed, not for reading news.

    python models/training/sentiment/make_bert_base.py --out <directory>

BERT-base (12 layers, 768 wide, 30,522 tokens), token types, a pooler and three classes in an order of their own, as
fp32 (onnx/model.onnx, 418 MiB) and int8 (onnx/model_quantized.onnx, 105 MiB). The tokenizer is that of all-MiniLM-L6-v2,
which is BERT's. Two minutes, 4 GiB of memory.
"""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor, nn

from encoder import Layer, weights_dir

LAYERS, HEADS, WIDTH, INNER, POSITIONS, VOCABULARY = 12, 12, 768, 3072, 512, 30_522
LABELS = ["positive", "negative", "neutral"]  # FinBERT's order; not the one that Newstape uses


class BertBase(nn.Module):
    """input_ids, attention_mask, token_type_ids [batch, tokens] int64 → logits [batch, 3]."""

    def __init__(self) -> None:
        super().__init__()
        self.words, self.kinds = nn.Embedding(VOCABULARY, WIDTH), nn.Embedding(2, WIDTH)
        self.positions = nn.Parameter(torch.randn(POSITIONS, WIDTH) * 0.02)
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.layers = nn.ModuleList(Layer(0.1, WIDTH, HEADS, INNER) for _ in range(LAYERS))
        self.pool, self.classify = nn.Linear(WIDTH, WIDTH), nn.Linear(WIDTH, len(LABELS))

    def forward(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> Tensor:
        x = self.norm(self.words(input_ids) + self.kinds(token_type_ids) + self.positions[: input_ids.shape[1]])
        bias = (1 - attention_mask.to(torch.float32))[:, None, None, :] * -10_000.0
        for layer in self.layers:
            x = layer(x, bias)
        return self.classify(torch.tanh(self.pool(x[:, 0])))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    folder: Path = parser.parse_args().out
    (folder / "onnx").mkdir(parents=True, exist_ok=True)

    torch.manual_seed(1)
    model = BertBase().eval()
    ids = torch.randint(5, VOCABULARY, (2, 16))
    names = ["input_ids", "attention_mask", "token_type_ids"]
    axes = {0: "batch", 1: "tokens"}
    plain = folder / "onnx" / "model.onnx"
    torch.onnx.export(
        model,
        (ids, torch.ones_like(ids), torch.zeros_like(ids)),
        str(plain),
        input_names=names,
        output_names=["logits"],
        dynamic_axes={**{name: axes for name in names}, "logits": {0: "batch"}},
        opset_version=17,
        dynamo=False,
    )
    quantize_dynamic(
        plain, folder / "onnx" / "model_quantized.onnx", per_channel=True, reduce_range=True, weight_type=QuantType.QInt8
    )
    config = {
        "architectures": ["BertForSequenceClassification"], "model_type": "bert", "hidden_size": WIDTH,
        "num_hidden_layers": LAYERS, "num_attention_heads": HEADS, "intermediate_size": INNER, "vocab_size": VOCABULARY,
        "max_position_embeddings": POSITIONS, "type_vocab_size": 2, "pad_token_id": 0,
        "id2label": dict(enumerate(LABELS)), "label2id": {label: index for index, label in enumerate(LABELS)},
    }  # fmt: skip
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="ascii")
    shutil.copy(weights_dir() / "tokenizer.json", folder / "tokenizer.json")
    tokenizer = {
        "tokenizer_class": "BertTokenizer", "do_lower_case": True, "tokenize_chinese_chars": True, "strip_accents": None,
        "model_max_length": POSITIONS, "pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]",
        "sep_token": "[SEP]", "mask_token": "[MASK]",
    }  # fmt: skip
    (folder / "tokenizer_config.json").write_text(json.dumps(tokenizer, indent=2) + "\n", encoding="ascii")
    print({path.name: path.stat().st_size for path in sorted((folder / "onnx").iterdir())})


if __name__ == "__main__":
    main()
