"""Exam questions that the model is shown while it learns: its score would be too good."""

import numpy as np
import numpy.typing as npt

from workbench.core.words import percent, plural, shortened
from workbench.data.checkup.checks.answers import similarity
from workbench.data.checkup.checks.copies import alike_pairs, copies
from workbench.data.checkup.checks.duplicates import in_order
from workbench.data.checkup.finding import Finding, FlaggedRow
from workbench.data.checkup.rows import Rows
from workbench.data.checkup.similarity.buckets import Ints
from workbench.data.splits.assign import TEST, TRAIN, VALIDATION

KIND = "leakage"
_SPLITS = (TEST, VALIDATION, TRAIN)
_NEARLY = 0.15
"""What an exam question weighs whose twin is not the same to the letter."""
_WORST, _FULL = 0.8, 0.3
"""The harm, and the share of the exam from which on it is that. It grows nearly with the share, for
a question known by heart adds one to the score and no more."""


def check(rows: Rows) -> Finding | None:
    """Exam questions with a twin among the rows to learn from and practise on; the exam stays.

    With different answers only the same text is a twin: in texts that are nearly alike the one
    word that differs is what decides.
    """
    return _finding(rows, *_twins(rows))


def check_same(rows: Rows) -> Finding | None:
    """Those twins alone that are the same but for capitals, spaces and punctuation."""
    same = _same(rows)
    return _finding(rows, same, same)


def _finding(rows: Rows, same: Ints, pairs: Ints) -> Finding | None:
    """What is told of pairs of an exam question and another row, of which some are the `same`."""
    if not len(pairs):
        return None
    questions, splits = rows.questions(), rows.splits
    asked = np.unique(pairs[:, 0])
    group = {int(exam): number for number, exam in enumerate(asked, start=1)}
    flagged_rows = [
        FlaggedRow(rows.row_ids[exam], group[int(exam)], note="exam question") for exam in asked
    ]
    for exam, twin in _first_of_each(pairs):
        what = "learned from" if splits[twin] == TRAIN else "for practice"
        flagged_rows.append(
            FlaggedRow(
                rows.row_ids[twin],
                group[exam],
                True,
                value=similarity(questions[exam], questions[twin]),
                note=f"{what}, as exam row {rows.row_ids[exam]}",
            )
        )
    flagged_rows.sort(key=lambda flagged: flagged.group)
    twins = sum(flagged.drop for flagged in flagged_rows)
    exam, twin = (int(row) for row in pairs[0])
    exact, share = len(np.unique(same[:, 0])), len(asked) / splits.count(TEST)
    weight = (exact + _NEARLY * (len(asked) - exact)) / len(asked)
    stands = "stands" if len(asked) == 1 else "stand"
    return Finding(
        KIND,
        f"{plural(len(asked), 'exam question')} {stands} among the other examples, too",
        f"Exam row {rows.row_ids[exam]} ('{shortened(questions[exam])}') asks nearly the same as "
        f"row {rows.row_ids[twin]} ('{shortened(questions[twin])}'), which the model gets to see. "
        f"That concerns {percent(share)} of the exam; {_exactly(exact)} word for word.",
        "The model can answer these by heart or nearly so: the verdict is better than what it will "
        "do on new texts.",
        _WORST * min(1.0, weight * share / _FULL) ** 0.75,
        flagged_rows,
        remove=f"Take out {plural(twins, 'row')} that the exam asks for",
    )


def _first_of_each(pairs: Ints) -> list[tuple[int, int]]:
    """Each twin once, with the first exam question that it gives away."""
    first: dict[int, int] = {}
    for exam, twin in pairs.tolist():
        first.setdefault(twin, exam)
    return [(exam, twin) for twin, exam in first.items()]


def _exactly(exact: int) -> str:
    return (
        f"{exact:,} of them {'is' if exact == 1 else 'are'} the same"
        if exact
        else "none is the same"
    )


def _twins(rows: Rows) -> tuple[Ints, Ints]:
    """Pairs of an exam question and another row: those of the same text, and all."""
    same, near = _same(rows), alike_pairs(rows, in_order(rows, _SPLITS))
    exam = _in_exam(rows)
    near = near[exam[near[:, 0]] & ~exam[near[:, 1]]]
    return same, np.unique(np.concatenate([same, copies(rows, near)]), axis=0)


def _same(rows: Rows) -> Ints:
    exam = _in_exam(rows)
    pairs = rows.same.mixed(exam).pairs(in_order(rows, _SPLITS))
    same: Ints = pairs[exam[pairs[:, 0]] & ~exam[pairs[:, 1]]]
    return same


def _in_exam(rows: Rows) -> npt.NDArray[np.bool_]:
    return np.array([split == TEST for split in rows.splits], bool)
