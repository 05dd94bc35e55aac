"""Headlines a second of Python's transformers on a BERT classifier of the artefact's shape, with random weights.

    python test/bench/helpers/python_transformers.py ARTEFACT LAYERS < texts, a line each   (transformers, torch, tokenizers)

fp32, batches of 32 padded to the longest, two threads: what `pipeline("text-classification", ...)` does. Prints JSON.
"""

import json
import sys
import time
from importlib.metadata import version
from pathlib import Path

import torch
from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast, TextClassificationPipeline

artefact, layers = Path(sys.argv[1]), int(sys.argv[2])
texts = [line.rstrip("\n") for line in sys.stdin]
torch.set_num_threads(2)
tokenizer = PreTrainedTokenizerFast(
    tokenizer_file=str(artefact / "tokenizer.json"), pad_token="[PAD]", unk_token="[UNK]", model_max_length=64
)
config = BertConfig(
    vocab_size=len(tokenizer), hidden_size=384, num_hidden_layers=layers, num_attention_heads=12, intermediate_size=1536, num_labels=3
)
model = BertForSequenceClassification(config).eval()
classify = TextClassificationPipeline(model=model, tokenizer=tokenizer, batch_size=32, device="cpu")
classify(texts[:200], truncation=True)
started = time.perf_counter()
classify(texts, truncation=True)
seconds = time.perf_counter() - started
print(json.dumps({"perSecond": round(len(texts) / seconds), "transformers": version("transformers"), "torch": torch.__version__}))
