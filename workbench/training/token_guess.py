"""How many tokens a text will be, told from its characters: what counts where no tokenizer is asked.

English words cost a vocabulary least; every other language, and every other script, costs more, the
more so the smaller the vocabulary is. `tests/training/test_token_guess.py` holds the figures
against real tokenizers.
"""

import re
from collections.abc import Sequence

LARGE_VOCABULARY = 90_000
"""From so many tokens on a vocabulary has whole words of many languages."""
_ENGLISH = frozenset(
    [
        "the",
        "and",
        "of",
        "to",
        "in",
        "by",
        "with",
        "for",
        "is",
        "that",
        "this",
        "it",
        "you",
        "we",
        "they",
        "are",
        "were",
        "from",
        "not",
        "have",
        "has",
        "my",
        "your",
        "our",
        "what",
        "where",
        "when",
        "how",
        "please",
        "would",
    ]
)
_ENGLISH_SHARE = 0.06
"""Of the words of a text, those of `_ENGLISH` if it is English; other languages have half at most."""
_PARTS = re.compile(
    r"(?P<mark><\|[^|<>\s]{1,30}\|>|</?[a-z_]{1,20}>|\[/?[A-Z]{3,6}\])|(?P<latin> ?[A-Za-z']+)|(?P<digit>\d)|(?P<space>\s+)"
    r"|(?P<accented>[\u00c0-\u024f\u1e00-\u1eff])"
    r"|(?P<alphabet>[\u0370-\u06ff\u10a0-\u10ff])"
    r"|(?P<syllable>[\u0900-\u109f\u1780-\u17ff])"
    r"|(?P<hangul>[\uac00-\ud7af])"
    r"|(?P<word>[\u3040-\u30ff\u3400-\u9fff\U00020000-\U0003ffff])"
    r"|(?P<ascii>[!-/:-@\[-`{-~])"
    r"|(?P<other>.)",
    re.DOTALL,
)
_EACH = {
    # part: tokens for each in a small vocabulary, and in a large one
    "mark": (1.0, 1.0),
    "digit": (1.0, 0.9),
    "space": (0.5, 0.4),
    "accented": (0.9, 0.4),
    "alphabet": (0.92, 0.38),
    "syllable": (1.45, 0.6),
    "hangul": (2.3, 0.8),
    "word": (1.65, 0.75),
    "ascii": (0.75, 0.75),
    "other": (1.8, 1.2),
}
_WORD_TOKENS = {
    # English: tokens for a word of so many letters; otherwise letters for a token
    True: (1.0, 0.04),
    False: (2.5, 3.9),
}


def tokens_in(texts: Sequence[str], vocabulary: int) -> list[float]:
    """Tokens of each text, marks of begin and end left out.

    Args:
        texts: of one language; what tells it is looked for in all of them together.
        vocabulary: how many tokens the model knows.
    """
    large = vocabulary >= LARGE_VOCABULARY
    english = is_english(texts)
    return [_tokens(text, english=english, large=large) for text in texts]


def is_english(texts: Sequence[str]) -> bool:
    """Whether the words that every English text is full of are in these."""
    words = [word for text in texts for word in re.findall(r"[^\W\d_]+", text[:2000].lower())]
    return not words or sum(word in _ENGLISH for word in words) >= _ENGLISH_SHARE * len(words)


def _tokens(text: str, *, english: bool, large: bool) -> float:
    found = 0.0
    for part in _PARTS.finditer(text):
        kind = part.lastgroup or "other"
        found += (
            _word(len(part[0].strip()), english=english, large=large)
            if kind == "latin"
            else _EACH[kind][large]
        )
    return found


def _word(letters: int, *, english: bool, large: bool) -> float:
    if english:
        whole, more = _WORD_TOKENS[True]
        return whole + more * max(0, letters - 4)
    return max(1.0, letters / _WORD_TOKENS[False][large])
