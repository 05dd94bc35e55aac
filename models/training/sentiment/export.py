"""ONNX export, the fp32 parity gate, and int8 quantisation."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
import torch
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer

from encoder import Encoder

FP32_TOLERANCE = 1e-4
SIZE_LIMIT = 20_000_000  # bytes of the model with its tokenizer


def session(model: Path | bytes) -> ort.InferenceSession:
    """A single-threaded CPU session, as the workers run it."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    source = model if isinstance(model, bytes) else str(model)
    return ort.InferenceSession(source, options, providers=["CPUExecutionProvider"])


def predict(model: ort.InferenceSession, tokenizer: Tokenizer, texts: list[str]) -> np.ndarray:
    """Logits [texts, 3], each text alone (batch 1, no padding): dynamic int8 scales over whatever shares its batch."""
    rows = []
    for encoding in tokenizer.encode_batch(texts):
        ids = np.array([encoding.ids], dtype=np.int64)
        rows.append(model.run(["logits"], {"input_ids": ids, "attention_mask": np.ones_like(ids)})[0][0])
    return np.array(rows)


def quantise_embedding(model: onnx.ModelProto) -> None:
    """Replace the word embedding [vocabulary, width] by int8 with one scale per token (in place).

    ONNX Runtime's own Gather quantisation has one scale for the whole table, which its rare large values spoil.
    """
    graph = model.graph
    table = max(graph.initializer, key=lambda tensor: np.prod(tensor.dims))
    weights = numpy_helper.to_array(table)
    scale = np.maximum(np.abs(weights).max(1, keepdims=True), 1e-12).astype(np.float32) / 127
    node = next(node for node in graph.node if table.name in node.input)
    assert node.op_type == "Gather" and node.input[0] == table.name
    position, ids, output = list(graph.node).index(node), node.input[1], node.output[0]
    graph.node.remove(node)
    graph.initializer.remove(table)
    graph.initializer.append(numpy_helper.from_array(np.rint(weights / scale).astype(np.int8), "words_int8"))
    graph.initializer.append(numpy_helper.from_array(scale, "words_scale"))
    replacement = [
        helper.make_node("Gather", ["words_int8", ids], ["words_row"], axis=0),
        helper.make_node("Cast", ["words_row"], ["words_float"], to=TensorProto.FLOAT),
        helper.make_node("Gather", ["words_scale", ids], ["words_row_scale"], axis=0),
        helper.make_node("Mul", ["words_float", "words_row_scale"], [output]),
    ]
    for offset, new in enumerate(replacement):
        graph.node.insert(position + offset, new)


def export(model: Encoder, tokenizer: Tokenizer, probe: list[str], out: Path) -> bytes:
    """Write model.onnx (int8), tokenizer.json and tokenizer_config.json to `out`; return the fp32 ONNX model.

    Raises SystemExit when fp32 ONNX leaves the trainer's logits by more than FP32_TOLERANCE or int8 is too large.
    """
    with tempfile.TemporaryDirectory() as folder:
        plain, quantised = Path(folder, "fp32.onnx"), Path(folder, "int8.onnx")
        ids = torch.tensor([tokenizer.encode(probe[0]).ids, tokenizer.encode(probe[0]).ids])
        axes = {0: "batch", 1: "tokens"}
        torch.onnx.export(
            model,
            (ids, torch.ones_like(ids)),
            str(plain),
            input_names=["input_ids", "attention_mask"],
            output_names=["logits"],
            dynamic_axes={"input_ids": axes, "attention_mask": axes, "logits": {0: "batch"}},
            opset_version=17,
            dynamo=False,
        )
        fp32 = plain.read_bytes()
        with torch.no_grad():
            rows = [torch.tensor([encoding.ids]) for encoding in tokenizer.encode_batch(probe)]
            expected = np.concatenate([model(row, torch.ones_like(row)).numpy() for row in rows])
        difference = float(np.abs(predict(session(fp32), tokenizer, probe) - expected).max())
        print(f"fp32 ONNX against torch, {len(probe)} texts: largest difference {difference:.2e}", flush=True)
        if difference > FP32_TOLERANCE:
            raise SystemExit(f"parity gate: {difference:.2e} > {FP32_TOLERANCE}")

        # reduce_range: 7-bit weights, since 8-bit ones saturate on CPUs without VNNI.
        quantize_dynamic(
            plain, quantised, op_types_to_quantize=["MatMul"], per_channel=True, reduce_range=True,
            weight_type=QuantType.QInt8,
        )
        int8 = onnx.load(quantised)
    quantise_embedding(int8)
    onnx.checker.check_model(int8)
    data = int8.SerializeToString(deterministic=True)
    size = len(data) + len(tokenizer.to_str().encode())
    print(f"model.onnx: {len(data):,} bytes, with its tokenizer {size:,}", flush=True)
    if size > SIZE_LIMIT:
        raise SystemExit(f"model.onnx and tokenizer.json: {size:,} bytes > {SIZE_LIMIT:,}")
    Path(out, "model.onnx").write_bytes(data)
    Path(out, "tokenizer.json").write_text(tokenizer.to_str(), encoding="utf-8")
    config = {
        "tokenizer_class": "BertTokenizer", "do_lower_case": True, "tokenize_chinese_chars": True,
        "strip_accents": None, "model_max_length": tokenizer.truncation["max_length"],
        "pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]", "mask_token": "[MASK]",
    }
    Path(out, "tokenizer_config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    return fp32
