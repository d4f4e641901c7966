"""Rows without content: punctuation, placeholders, keys pressed at random."""

import re
from collections.abc import Sequence
from functools import cache

import pyarrow as pa
import pyarrow.compute as pc

from workbench.core.cells import FORMULA_ERROR
from workbench.core.words import joined, percent, plural, shortened
from workbench.data.checkup.checks.answers import answers_of
from workbench.data.checkup.finding import Finding, FlaggedRow, harm_of
from workbench.data.checkup.rows import Rows
from workbench.data.checkup.similarity.tokens import normalize

KIND = "junk"
"""As checkups have been stored."""
_MOST = 0.5
"""The share of texts from which on it is no leftover but the column that is the wrong one."""
_SHORT_CHARS, _FEWEST_LETTERS = 60, 3
_CHUNK = 50_000
_PLACEHOLDERS = """
test, testing, test test, test test test, test 1, test 123, test123, testtest, this is a test,
dummy, dummy text, sample text, example text, placeholder, your text here, text here, foo,
bar, foo bar, foobar, todo, to do, tbd, tba, fixme, abc, abcd, abc123, n a, na, nan, null,
undefined, #n a, blank, empty, no text, no data, not available, not applicable, same as above,
see above, k a, keine angabe, siehe oben, s o, sin datos, aucun texte, n d
"""
_SPACELESS_PLACEHOLDERS = (
    "测试, 測試, 测试测试, テスト, 暂无, 暫無, 无内容, 無內容, 该用户未填写评价内容, 테스트, ทดสอบ"
)
_NOTHING = "none, nil, unknown, nothing, no answer, no response, no reply, nichts, rien"
"""What may be an answer but is no question."""
_SAID = "y, n, k, ok, no, hi, yo, ya, ja, si, oh, ah, hm, ty, np, kk, go, ne, da, je, tu"
"""Short texts with a meaning: what people say to a chat."""
_RATING = re.compile(r"\d{1,3}(?:[.,]\d)?\s*/\s*\d{1,3}\W*")
"""How many stars, which tells a reviewer's mind."""
_CODE = re.compile(r"(?=\S*\d)[\w.,:/#+-]+")
_KEYS = ("qwertyuiop", "qwertzuiop", "asdfghjkl", "zxcvbnm", "yxcvbnm", "azertyuiop", "qsdfghjklm")
_AGAIN = re.compile(r"(.{1,4}?)\1{2,}.{0,3}")


def check(rows: Rows) -> Finding | None:
    """Rows whose text or answer is none."""
    if wrong := check_column(rows):
        return wrong
    found = dict(_find_no_content(rows.questions(), question=True))
    rows.progress(0.6)
    if rows.task.answers_are_free_text:
        for row, why in _find_no_content(answers_of(rows), question=False):
            found.setdefault(row, f"answer is {why}")
    if not found:
        return None
    flagged_rows = [
        FlaggedRow(rows.row_ids[row], drop=True, note=why) for row, why in sorted(found.items())
    ]
    first, why = min(found.items())
    text = answers_of(rows)[first] if why.startswith("answer is ") else rows.questions()[first]
    return Finding(
        KIND,
        f"{plural(len(flagged_rows), 'row')} with nothing to learn from",
        f"Row {rows.row_ids[first]} says '{shortened(text)}' ({why}). Such rows were left over from "
        "a form, a test or an export.",
        "The model learns to guess where there is nothing to know; in the exam such rows are luck.",
        harm_of(0.3, len(flagged_rows) / len(rows), 0.2),
        flagged_rows,
        remove=f"Take out {plural(len(flagged_rows), 'row')}",
    )


def check_column(rows: Rows) -> Finding | None:
    """That most texts are numbers, dates or codes, as when the wrong column was chosen."""
    texts = rows.questions()
    codes = [row for row, text in enumerate(texts) if _CODE.fullmatch(text.strip())]
    if len(codes) < _MOST * len(texts) or not codes:
        return None
    some = joined([f"'{shortened(texts[row], 30)}'" for row in codes[:3]])
    return Finding(
        KIND,
        f"{percent(len(codes) / len(texts))} of the texts are numbers or codes",
        f"{plural(len(codes), 'row')} {'says' if len(codes) == 1 else 'say'} nothing but a number or "
        f"a code, such as {some}. Was another column meant? Choose the one with sentences on the "
        "Data page.",
        "The model reads words: from numbers and codes it can only learn by heart.",
        harm_of(0.6, len(codes) / len(texts)),
        [FlaggedRow(rows.row_ids[row]) for row in codes],
    )


def why_no_content(text: str, words: str, *, question: bool = True) -> str:
    """What a short text is instead of a text; "" where it may be one.

    Args:
        text: as it stands.
        words: the same in small letters and without punctuation (see `tokens.normalize`).
        question: whether it comes in; an answer may be short, a number, or "none".
    """
    if FORMULA_ERROR.fullmatch(text.strip()):
        return "a spreadsheet's error"
    if not words:
        return "only punctuation"
    if words in _split_list(_PLACEHOLDERS) or (question and words in _split_list(_NOTHING)):
        return "a placeholder"
    letters = words.replace(" ", "")
    if len(letters) > 2 and set(letters) == {"x"}:
        return "a placeholder"
    if all(_is_mashed(word) for word in words.split()):
        return "keys pressed at random"
    if letters in _split_list(_SPACELESS_PLACEHOLDERS):
        return "a placeholder"
    if all(map(_is_stuttered, words.split())):
        return "the same letters again and again"
    if question and letters.isdigit():
        return "" if _RATING.fullmatch(text.strip()) else "only digits"
    short = question and len(letters) < _FEWEST_LETTERS and text.isascii()
    return "too short" if short and words not in _split_list(_SAID) else ""


@cache
def _split_list(text: str) -> frozenset[str]:
    return frozenset(" ".join(text.split()).split(", "))


def _is_stuttered(word: str) -> bool:
    """Whether a word is a few letters again and again; words that come again are emphasis."""
    return len(word) > 5 and word.isalpha() and bool(_AGAIN.fullmatch(word))


def _is_mashed(word: str) -> bool:
    return len(word) > 3 and any(word in keys for keys in _mashes())


@cache
def _mashes() -> tuple[str, ...]:
    """Rows of a keyboard, also pressed twice."""
    return tuple(keys[:4] * 4 for keys in _KEYS) + _KEYS


def _find_no_content(texts: Sequence[str], *, question: bool) -> list[tuple[int, str]]:
    short = [row for row, text in enumerate(texts) if len(text) <= _SHORT_CHARS]
    found: list[tuple[int, str]] = []
    for start in range(0, len(short), _CHUNK):
        some = short[start : start + _CHUNK]
        for row, words in zip(
            some, normalize([texts[row] for row in some]).to_pylist(), strict=True
        ):
            if why := why_no_content(texts[row], words, question=question):
                found.append((row, why))
    for start in range(0, len(texts), _CHUNK):
        part = pa.array(texts[start : start + _CHUNK], pa.large_string())
        filler = pc.match_substring(part, "lorem ipsum", ignore_case=True)
        found += [(start + row, "filler text") for row in pc.indices_nonzero(filler).to_pylist()]
        if question:
            bare = pc.invert(pc.match_substring_regex(part, r"\pL"))
            found += [
                (start + row, "without any letter")
                for row in pc.indices_nonzero(bare).to_pylist()
                if len(texts[start + row]) > _SHORT_CHARS
            ]
    return found
