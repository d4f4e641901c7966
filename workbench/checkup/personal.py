"""Personal data: what a model should not learn by heart."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from workbench.checkup.fields import rewritten, text_roles, texts_in
from workbench.checkup.finding import Finding, Mark, harm_of
from workbench.checkup.masking import KINDS, Kind, Masker, kinds_for
from workbench.checkup.rows import Rows
from workbench.words import joined, plural, shortened

KIND = "personal"
_CHUNK = 20_000
_SMALL = re.compile(r"\b[^\W\d_A-Z]{2,}\b")
"""Words without a capital."""
_PLACEHOLDER = re.compile(r"\[[A-Z]+_\d+\]")


def check(rows: Rows) -> Finding | None:
    """Rows with e-mail addresses, phone, card and account numbers, IP addresses or names."""
    masker, marks, counts = Masker(), list[Mark](), Counter[str]()
    for row, kinds in _hinted(rows):
        for mark, found in _marks(rows, row, masker, kinds):
            marks.append(mark)
            counts.update(found)
    if not marks:
        return None
    number = len({mark.row_id for mark in marks})
    told = [plural(counts[kind.placeholder], kind.called, kind.several) for kind in KINDS]
    told = [text for text, kind in zip(told, KINDS, strict=True) if counts[kind.placeholder]]
    first = marks[0]
    return Finding(
        KIND,
        f"{plural(number, 'row')} with personal data",
        f"There {'is' if told[0].startswith('1 ') else 'are'} {joined(told)}. With placeholders row "
        f"{first.row_id} reads '{shortened(_masked_part(rows, first), 90)}'; what is the same has "
        "the same placeholder everywhere.",
        "A model can say word for word what it learned, to anyone who asks; placeholders keep "
        "what the texts are about.",
        harm_of(0.3, number / len(rows), 0.3),
        marks,
        remove=f"Take out {plural(number, 'row')}",
        change=f"Put placeholders into {plural(number, 'row')}",
    )


def _marks(
    rows: Rows, row: int, masker: Masker, kinds: Sequence[Kind]
) -> Iterator[tuple[Mark, list[str]]]:
    """A mark for each text of a row that has something in it, and what that is."""
    texts = {role: rows.values[role][row] for role in text_roles(rows)}
    said: list[str] = []
    for role, text in texts.items():
        said += texts_in(rows.task, role, text)
    mask = masker.of_row(said, kinds)
    drop = True
    for role, text in texts.items() if mask else ():
        mask.found = []
        after = rewritten(rows.task, role, text, mask)
        if mask.found:
            note = joined([kind.called for kind in KINDS if kind.placeholder in mask.found])
            yield Mark(rows.row_ids[row], drop=drop, role=role, after=after, note=note), mask.found
            drop = False


def _common(rows: Rows) -> set[str]:
    """Words that the first texts have in small letters."""
    texts = (text for role in text_roles(rows) for text in rows.values[role][:_CHUNK])
    return {word for text in texts for word in _SMALL.findall(text)}


def _hinted(rows: Rows) -> Iterator[tuple[int, list[Kind]]]:
    """Rows that may hold something, and what."""
    kinds = kinds_for(_common(rows))
    for start in range(0, len(rows), _CHUNK):
        rows.progress(start / len(rows))
        hints: dict[int, set[int]] = defaultdict(set)
        for role in text_roles(rows):
            part = pa.array(rows.values[role][start : start + _CHUNK], pa.large_string())
            for number, kind in enumerate(KINDS):
                hinted = pc.match_substring_regex(part, kind.hint)
                for row in pc.indices_nonzero(hinted).to_pylist():
                    hints[start + row].add(number)
        for row, numbers in sorted(hints.items()):
            yield row, [kinds[number] for number in sorted(numbers)]


def _masked_part(rows: Rows, mark: Mark) -> str:
    """The first text of a mark with a placeholder, from shortly before that on."""
    texts = texts_in(rows.task, mark.role, mark.after or "")
    text, start = next(
        ((text, match.start()) for text in texts if (match := _PLACEHOLDER.search(text))), ("", 0)
    )
    start = max(0, start - 40)
    return text[start:] if start == 0 else f"… {text[start:].split(' ', 1)[-1]}"
