"""Text normalisation, shared by training, the fixture and (through model.json) the TypeScript runtime."""

from __future__ import annotations

import re

# Every space that Python or ECMAScript calls \s, spelled out because the two languages disagree on \s.
_SPACE = r"\t\n\u000b\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"

# Ordered (pattern, replacement): valid for Python's `re` and for ECMAScript's `new RegExp(pattern, "gu")`.
RULES: list[tuple[str, str]] = [
    (rf"(?:[Hh][Tt][Tt][Pp][Ss]?:|[Ww][Ww][Ww]\.)[^{_SPACE}]*", " "),  # web addresses, cut-off ones too
    (r"&lt;", "<"),
    (r"&gt;", ">"),
    (r"&quot;", '"'),
    (r"&(?:#39|apos);", "'"),
    (r"&nbsp;", " "),
    (r"&amp;", "&"),
    ("[\U00010000-\U0010ffff]", " "),  # emoji and the like: none is in the vocabulary, and "up🚀" would become [UNK]
    (r"\u03a3", "\u03c3"),  # ECMAScript lower-cases a word-final capital sigma differently from the tokenizer
    (rf"[{_SPACE}]+", " "),
    (r"^ | $", ""),
]
_COMPILED = [(re.compile(pattern), replacement) for pattern, replacement in RULES]


def normalise(text: str) -> str:
    """Apply RULES in order, lone surrogates having become U+FFFD (ECMAScript: `text.toWellFormed()`)."""
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    for pattern, replacement in _COMPILED:
        text = pattern.sub(replacement, text)
    return text


def group_key(text: str) -> str:
    """What near-duplicates share: the lower-case words, without addresses, cashtags, hashtags, mentions, digits."""
    return " ".join(re.findall(r"[a-z]+", re.sub(r"[$@#]\w+", " ", normalise(text).lower())))
