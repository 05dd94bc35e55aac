"""Write the fixture that holds the TypeScript tokenizer and session to this side's token ids and logits.

    python models/training/sentiment/make_fixture.py --data sentiment-train.csv.gz --news news.jsonl.gz \\
        --artefact <artefact folder> --out test/fixtures/sentiment/tokenizer-parity.json

With --every instead of --out: the token ids of every text of both files, as JSON lines, for check-tokenizer.js.
"""

from __future__ import annotations

import argparse
import json
import random
from pathlib import Path

from tokenizers import Tokenizer

from data import load_raw_headlines, load_raw_texts
from export import predict, session
from text import normalise

SEED, SAMPLED, WITH_LOGITS = 7, 70, 50

HARD = [
    "", " ", "\t\r\n", "\u00a0\u2003\ufeff", ".", "$", "a", "A", "0", "🚀", "\ud83d", "\udc00 lone low", "cut \ud83d short",
    "$AAPL", "$BRK.B", "$BRK-B up 2%", "$aapl$goog", "#earnings #AAPL @CNBC", "RT @user: $FB beats by $0.03", "$$$", "$1,234.56",
    "https://t.co/abc", "see https://t.co/abc now", "HTTPS://T.CO/X up", "http://…", "http:", "httpful gains", "www.example.com up",
    "(https://t.co/a)", "a https://t.co/a\u00a0b", "https://a.b\u2003c", "https://a.b\u3000c", "nohttps://a.b", "Https://t.co/é€🚀 up",
    "A&amp;P &lt;b&gt; &quot;q&quot; it&#39;s it&apos;s&nbsp;x", "&amp;amp; &amp;lt;", "AT&T", "R&D", "&", "&#x27;",
    "café", "cafe\u0301", "CAFÉ", "Zürich", "ZU\u0308RICH", "naïve façade", "Ångström", "ÅNGSTRÖM", "Łódź", "Đà Nẵng", "ß ẞ STRASSE",
    "İstanbul", "ISTANBUL ı", "ΟΔΥΣΣΕΥΣ", "ΑΣ ΣΑ", "ὈΔΥΣΣΕΎΣ", "Москва растёт", "МОСКВА Й", "ёлка", "שלום", "שָׁלוֹם", "مرحبا", "مُحَمَّد",
    "नमस्ते", "ไทย", "한국 증시", "ㅎㅎ", "株価が上昇", "ソニー", "ｿﾆｰ", "ガ カ\u3099", "中国经济", "中a国b", "𠀀𠀁", "a𠀀b", "豈", "〇", "々",
    "up🚀", "🚀🚀🚀 to the moon", "👨‍👩‍👧‍👦 family", "🇺🇸 stocks", "👍🏽 buy", "☀️ ✅ up ✅", "❤️", "up✅", "▲ 3% ▼ 2%", "→ ← ↑", "📈+5%", "📉−5%",
    "½ ¼ ¾", "x² m³", "①②③", "Ⅳ ⅳ", "ﬁnance ﬂow", "ＦＵＬＬ ｗｉｄｔｈ", "𝐁𝐨𝐥𝐝 𝓈𝒸𝓇𝒾𝓅𝓉", "Ⓐ ⓐ", "™ ® ©", "€5 £6 ¥7 ₹8 ₿9", "50% ‰", "№ 5", "ª º",
    "“quoted” ‘single’", "—em – en − minus ‐ hyphen", "…", "...", "!!!???", "¡hola! ¿qué?", "«a»", "a/b\\c|d", "~`^_=+<>{}[]", "e.g. i.e.",
    "zero\u200bwidth", "soft\u00adhyphen", "rtl \u202eabc\u202c", "bom\ufeffinside", "nul\x00inside", "bell\x07 vt\x0b ff\x0c fs\x1c nel\x85",
    "repl\ufffdacement", "private\ue000use", "z\u0301\u0302\u0303\u0304algo", "a\u20dd", "line\u2028sep\u2029para", "tab\tnew\nline\r\n", "  lead  trail  ",
    "[CLS]", "[SEP] and [MASK]", "[UNK] [PAD]", "[cls] ##ing", "##s", "## #", "[ CLS ]", "don't can't won't", "O'Reilly", "U.S.A.", "3M Q4'14 EPS",
    "Q3 2014", "1e-5", "10:30", "2014-12-31T23:59:59Z", "1,000,000,000", "0x1F", "a1b2c3", "iPhone6", "S&P500", "e-mail", "COVID-19", "x" * 99,
    "x" * 100, "x" * 101, "é" * 100, "e\u0301" * 100, "supercalifragilisticexpialidocious", "antidisestablishmentarianism", "qzxjkv",
    "word " * 61 + "end", "word " * 62 + "end", "word " * 63 + "end", "up " * 500, "a" * 5_000, ("Shares rose 3% on $XYZ news. " * 200)[:5_000],
    "🚀" * 400, "!" * 5_000, "https://t.co/" + "a" * 4_987, "株" * 300, " " * 5_000, "not unhappy: losses narrowed, outlook cut",
]  # fmt: skip


def write_every(tokenizer: Tokenizer, texts: list[str], artefact: Path) -> None:
    """One line {text, ids} a text, cut to the card's length, or to 128 tokens for a model without a card."""
    card = artefact / "model.json"
    tokenizer.no_padding()
    tokenizer.enable_truncation(json.loads(card.read_text(encoding="utf-8"))["maxTokens"] if card.exists() else 128)
    for text, encoding in zip(texts, tokenizer.encode_batch([normalise(text) for text in texts])):
        print(json.dumps({"text": text, "ids": encoding.ids}))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--news", type=Path, required=True)
    parser.add_argument("--artefact", type=Path, required=True)
    target = parser.add_mutually_exclusive_group(required=True)
    target.add_argument("--out", type=Path)
    target.add_argument("--every", action="store_true", help="to standard output")
    arguments = parser.parse_args()

    tokenizer = Tokenizer.from_file(str(arguments.artefact / "tokenizer.json"))
    if arguments.every:
        write_every(tokenizer, load_raw_texts(arguments.data) + load_raw_headlines(arguments.news, "9999") + HARD, arguments.artefact)
        return
    sampler = random.Random(SEED)
    labelled = sampler.sample(load_raw_texts(arguments.data), SAMPLED)
    headlines = sampler.sample(load_raw_headlines(arguments.news, "2015-01-01"), SAMPLED)
    texts = list(dict.fromkeys(labelled[:30] + HARD[:10] + headlines[:10] + labelled[30:] + headlines[10:] + HARD[10:]))
    logits = predict(session(arguments.artefact / "model.onnx"), tokenizer, [normalise(t) for t in texts[:WITH_LOGITS]])
    cases = []
    for number, text in enumerate(texts):
        case: dict[str, object] = {"text": text, "ids": tokenizer.encode(normalise(text)).ids}
        if number < WITH_LOGITS:
            case["logits"] = [round(float(value), 6) for value in logits[number]]
        cases.append(case)

    card = json.loads((arguments.artefact / "model.json").read_text(encoding="utf-8"))
    head = {
        "about": "Raw texts; ids after model.json's textNormalisation and truncation; logits of model.onnx, batch 1, one thread",
        "model": f"{card['name']}@{card['version']}",
        "sha256": card["sha256"],
        "tokenizerSha256": card["files"]["tokenizer.json"],
        "sources": "Twitter Financial News Sentiment (MIT), pyRis/SEntFiN (MIT), yumoxu/stocknet-dataset (MIT), hand-made",
    }
    lines = ",\n".join(json.dumps(case) for case in cases)
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(f'{json.dumps(head)[:-1]}, "cases": [\n{lines}\n]}}\n', encoding="ascii")
    print(f"{len(cases)} texts, {WITH_LOGITS} with logits, {arguments.out.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
