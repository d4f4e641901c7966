"""Rows that say the same as another one, or nearly so, and give the same answer."""

import numpy as np

from workbench.core.words import plural, shortened
from workbench.data.checkup.checks.answers import similarity
from workbench.data.checkup.checks.copies import alike_pairs, copies
from workbench.data.checkup.finding import Finding, FlaggedRow, harm_of
from workbench.data.checkup.rows import Rows
from workbench.data.checkup.similarity.alike import word_lists
from workbench.data.checkup.similarity.buckets import Ints, split_copies
from workbench.data.splits.assign import TEST, TRAIN, VALIDATION

KIND = "duplicates"
_EXACT = 0.999


def check(rows: Rows) -> Finding | None:
    """Copies among the examples, and copies within the exam; the first of each stays.

    Of two alike where one is for practice, that one stays: it is there to judge by. Copies between
    the exam and the rest are another matter (see `leakage`).
    """
    flagged_rows: list[FlaggedRow] = []
    for splits in ((VALIDATION, TRAIN), (TEST,)):
        flagged_rows += _flag_copies(rows, _copies(rows, in_order(rows, splits)), len(flagged_rows))
        rows.progress(0.9)
    drops = [flagged for flagged in flagged_rows if flagged.drop]
    if not drops:
        return None
    exact = sum(flagged.value >= _EXACT for flagged in drops)
    first = next((flagged for flagged in drops if flagged.value < _EXACT), drops[0])
    return Finding(
        KIND,
        f"{plural(len(drops), 'row')} {_says(len(drops))} nearly the same as another one",
        f"{_sentence(rows, first)} {_describe_counts(exact, len(drops) - exact)}",
        "The model learns these over and over at the expense of all others, and where they stand "
        "in practice or exam questions one mistake counts several times.",
        harm_of(0.2, len(drops) / len(rows), 0.5),
        flagged_rows,
        remove=f"Take out {plural(len(drops), 'copy', 'copies')}",
    )


def in_order(rows: Rows, splits: tuple[str, ...]) -> Ints:
    """The rows of these splits, split after split."""
    all_splits = np.array(rows.splits, np.str_)
    return np.concatenate([np.flatnonzero(all_splits == split) for split in splits])


def _copies(rows: Rows, order: Ints) -> Ints:
    return copies(rows, alike_pairs(rows, order))


def _flag_copies(rows: Rows, pairs: Ints, groups: int) -> list[FlaggedRow]:
    """Flagged rows whose groups are numbered on from `groups`."""
    questions = rows.questions()
    origins, numbers = split_copies(pairs)
    words = word_lists(questions, np.array([*origins.items()], np.int64))
    flagged_rows = []
    for row, group in sorted(numbers.items(), key=lambda item: (item[1], item[0])):
        row_id, number = rows.row_ids[row], groups + group
        if (kept := origins.get(row)) is None:
            flagged_rows.append(FlaggedRow(row_id, number, note="stays"))
            continue
        same = words[kept] == words[row]
        alike = 1.0 if same else similarity(questions[kept], questions[row])
        flagged_rows.append(
            FlaggedRow(row_id, number, True, value=alike, note=f"as row {rows.row_ids[kept]}")
        )
    return flagged_rows


def _sentence(rows: Rows, flagged: FlaggedRow) -> str:
    place = {row_id: i for i, row_id in enumerate(rows.row_ids)}
    other_id = int(flagged.note.rsplit(" ", 1)[1])
    texts = rows.questions()
    return (
        f"Row {flagged.row_id} ('{shortened(texts[place[flagged.row_id]])}') says nearly the same as row "
        f"{other_id} ('{shortened(texts[place[other_id]])}')."
    )


def _describe_counts(exact: int, near: int) -> str:
    parts = []
    if exact:
        parts.append(f"{plural(exact, 'row')} {_says(exact)} the same word for word")
    if near:
        parts.append(f"{plural(near, 'row')} {'differs' if near == 1 else 'differ'} in a few words")
    return f"{' and '.join(parts)}."


def _says(number: int) -> str:
    return "says" if number == 1 else "say"
