"""Examples in another language than most."""

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import numpy as np

from workbench.core.errors import WorkbenchError
from workbench.core.words import joined, percent, plural, shortened
from workbench.data.checkup.finding import Finding, FlaggedRow, harm_of
from workbench.data.checkup.rows import Rows
from workbench.data.splits.assign import TEST

KIND = "languages"
MOST_ROWS = 20_000
_FEWEST_CHARS, _MOST_CHARS = 25, 1000
_LETTERS = 0.8
"""The share of letters from which a text says in which language it is."""
_SURE = 0.8
"""How likely a text must be of its language."""
_SHARE, _FEWEST = 0.01, 3
"""A language counts from this share of the texts and this many of them on."""
USUAL = 0.3
"""A language is at home here from this share of the texts on."""
NAMES = {
    "ar": "Arabic", "bg": "Bulgarian", "ca": "Catalan", "cs": "Czech", "da": "Danish",
    "de": "German", "el": "Greek", "en": "English", "es": "Spanish", "et": "Estonian",
    "fa": "Persian", "fi": "Finnish", "fr": "French", "he": "Hebrew", "hi": "Hindi",
    "hr": "Croatian", "hu": "Hungarian", "id": "Indonesian", "it": "Italian", "ja": "Japanese",
    "ko": "Korean", "lt": "Lithuanian", "lv": "Latvian", "nl": "Dutch", "no": "Norwegian",
    "pl": "Polish", "pt": "Portuguese", "ro": "Romanian", "ru": "Russian", "sk": "Slovak",
    "sl": "Slovenian", "sr": "Serbian", "sv": "Swedish", "th": "Thai", "tr": "Turkish",
    "uk": "Ukrainian", "ur": "Urdu", "vi": "Vietnamese", "zh": "Chinese",
}  # fmt: skip


def check(rows: Rows) -> Finding | None:
    """Rows in a language that most rows are not in, among at most `MOST_ROWS` drawn ones."""
    chosen = _draw_rows(len(rows), rows.seed)
    spoken = _identify(rows, chosen)
    counts = Counter(spoken.values())
    if len(counts) < 2:
        return None
    usual = [name for name, n in counts.most_common() if n >= USUAL * len(spoken)]
    usual = usual or [counts.most_common(1)[0][0]]
    most = sum(counts[name] for name in usual)
    least = max(_FEWEST, _SHARE * len(spoken))
    rare = [name for name, n in counts.most_common() if n >= least and name not in usual]
    numbers = {name: number for number, name in enumerate(rare, start=1)}
    found = {row: name for row, name in spoken.items() if name in numbers}
    if not found:
        return _several(rows, counts, usual, len(spoken)) if len(usual) > 1 else None
    first, name = next(iter(found.items()))
    named = [f"{_name(other)} ({percent(counts[other] / len(spoken))})" for other in rare[:5]]
    looked = f" of {plural(len(chosen), 'row')} drawn" if len(chosen) < len(rows) else ""
    return Finding(
        KIND,
        f"{plural(len(found), 'row')} in another language than most",
        f"Most texts{looked} are {joined([_name(name) for name in usual])} "
        f"({percent(most / len(spoken))}), others "
        f"{joined(named)}, such as row {rows.row_ids[first]} ('{shortened(rows.questions()[first])}', "
        f"{_name(name)}).",
        "The model learns a rare language badly; if these came in by mistake, they only cost time, "
        "and if they are meant, add more of them.",
        harm_of(0.12, len(found) / len(spoken), 0.5),
        [
            FlaggedRow(rows.row_ids[row], numbers[name], drop=True, note=_name(name))
            for row, name in found.items()
        ],
        remove=f"Take out {plural(len(found), 'row')}",
    )


def spoken_in(texts: Sequence[str]) -> dict[str, float]:
    """ISO code of a language → its share of the texts whose language is sure, the most common first."""
    found = (_language_of(text) for text in texts)
    counts = Counter(code for code in found if code)
    return {code: n / counts.total() for code, n in counts.most_common()}


def language_names(texts: Sequence[str]) -> list[str | None]:
    """The English name of each text's language; None where it is not sure."""
    return [NAMES.get(code) for code in map(_language_of, texts)]


def named_in(codes: Iterable[str]) -> list[str]:
    """The languages' English names; a code that has none here stands for itself."""
    return [NAMES.get(code, code) for code in codes]


def language_named(text: str) -> str:
    """The ISO code of a language that is named by its code or in English: "de", "German".

    Raises:
        WorkbenchError: it is none of those that are told apart here.
    """
    wanted = text.strip().casefold()
    for code, name in NAMES.items():
        if wanted in (code, name.casefold()):
            return code
    raise WorkbenchError(
        f"There is no language '{text}' here: name one of {', '.join(NAMES.values())}."
    )


def _several(rows: Rows, counts: Counter[str], usual: list[str], spoken: int) -> Finding:
    """That several languages are at home here; nothing is wrong with any of them."""
    named = joined([f"{_name(name)} ({percent(counts[name] / spoken)})" for name in usual])
    return Finding(
        KIND,
        f"The texts are in {len(usual)} languages",
        f"They are {named}. Choose a base model that knows them all, and let the exam hold enough "
        f"of each: {plural(rows.splits.count(TEST), 'exam question')} in all.",
        "A model that was made for one language learns the others from these examples only.",
        0.02,
    )


def _draw_rows(rows: int, seed: int) -> list[int]:
    if rows <= MOST_ROWS:
        return list(range(rows))
    drawn = np.random.default_rng(seed).choice(rows, MOST_ROWS, replace=False)
    chosen: list[int] = np.sort(drawn).tolist()
    return chosen


def _identify(rows: Rows, chosen: list[int]) -> dict[int, str]:
    """Row → code of its language, where that is sure."""
    questions = rows.questions()
    spoken: dict[int, str] = {}
    for number, row in enumerate(chosen):
        if number % 1000 == 0:
            rows.progress(number / len(chosen))
        if language := _language_of(questions[row]):
            spoken[row] = language
    return spoken


def _language_of(text: str) -> str:
    """The code of a text's language; empty where it is not sure."""
    text = text[:_MOST_CHARS]
    if len(text) < _FEWEST_CHARS or not _is_prose(text):
        return ""
    language, chance = _identifier().classify(text)
    return str(language) if chance >= _SURE else ""


def _is_prose(text: str) -> bool:
    """Whether a text is sentences rather than names, numbers and signs, as a receipt is."""
    said = [character for character in text if not character.isspace()]
    return sum(map(str.isalpha, said)) >= _LETTERS * len(said)


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(NAMES))
    return identifier


def _name(code: str) -> str:
    return NAMES[code]
