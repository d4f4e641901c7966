"""Scripts that put no spaces between words: Chinese, Japanese, Thai, Lao, Khmer, Burmese."""

import re

_LETTERS = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3021-\u3029\u3031-\u3035\u3040-\u30ff"
    "\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
)
SPACELESS = re.compile(f"[{_LETTERS}]")
"""One letter of such a script."""
_SIGN = re.compile("[\u3000-\u303f\uff00-\uff65]")
_WORD = re.compile(rf"[{_LETTERS}]|(?:(?![{_LETTERS}])\w)+")


def is_spaceless(character: str) -> bool:
    """Whether no space stands before or behind a letter or sign like this one."""
    return bool(SPACELESS.match(character) or _SIGN.match(character))


def is_alphabetic(letter: str) -> bool:
    """Whether such a letter is a sound (Thai, Lao, Burmese, Khmer) rather than a syllable or word."""
    return "\u0e00" <= letter <= "\u17ff"


def words(text: str) -> list[str]:
    """The words of a text; where no spaces tell them apart, each letter is one."""
    return _WORD.findall(text)
