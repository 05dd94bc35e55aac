"""Text normalisation, shared by training, the fixture and (through model.json) the TypeScript runtime."""

from __future__ import annotations

import re

# Every space that Python or ECMAScript calls \s, spelled out because the two languages disagree on \s.
_SPACE = r"\t\n\u000b\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"

# Marks and punctuation younger than the tokenizer's tables of Unicode: ECMAScript's \p{P} and \p{Mn} have them, or no longer do.
_YOUNG = (
    r"\u061d\u07fd\u0890\u0891\u0897-\u089f\u08ca-\u08e2\u09fd\u09fe\u0a76\u0afa-\u0aff\u0b55\u0c04\u0c3c"
    r"\u0c77\u0c84\u0d00\u0d3b\u0d3c\u0d81\u0eba\u0ece\u166d\u1734\u180f\u1885\u1886\u1abf-\u1add"
    r"\u1ae0-\u1aeb\u1b4e\u1b4f\u1b7d-\u1b7f\u1df6-\u1dfb\u2e43-\u2e4f\u2e52-\u2e5d\ua82c\ua8c5\ua8ff"
    r"\ua9bd"
)

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
    (rf"[{_YOUNG}]", " "),
    (r"\u03a3", "\u03c3"),  # ECMAScript lower-cases a word-final capital sigma differently from the tokenizer
    (rf"[{_SPACE}]+", " "),
    (r"^ | $", ""),
    # Who passed it on: a quarter of the posts begin with it, none of the labelled texts do.
    (r"^(?:RT @[A-Za-z0-9_]+:? ?)+", ""),
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
