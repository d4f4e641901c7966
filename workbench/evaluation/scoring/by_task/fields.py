"""Scores of fields that were pulled out of texts: each one right, missing or wrong."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.evaluation.scoring.by_task.categories import Estimated
from workbench.evaluation.scoring.by_task.texts import of_sums
from workbench.evaluation.scoring.intervals import wilson_interval
from workbench.evaluation.scoring.sums import Sums

Fields = dict[str, Any]


@dataclass(frozen=True)
class Field:
    """One field over all questions."""

    name: str
    wanted: int
    """Answers of yours that say something there."""
    right: Estimated
    """Share of them that are met exactly; blanks count once, capitals as they are."""
    missing: float
    """Share of them where the model says nothing."""
    wrong: float
    """Share of them where it says something else."""
    too_much: int
    """Answers that say something where yours does not."""


@dataclass(frozen=True)
class Extraction:
    """All fields together."""

    readable: Estimated
    """Share of the answers that are an object of fields at all."""
    right: Estimated
    """Share of the wanted fields that are met exactly."""
    missing: Estimated
    wrong: Estimated
    too_much: Estimated
    """Fields that say something where yours do not, for each wanted one."""


def each_field(expected: Sequence[str], answers: Sequence[str], spread: float = 1.0) -> list[Field]:
    """Every field that some wanted answer has, the weakest first."""
    pairs = _read(expected, answers)
    names = dict.fromkeys(name for wanted, _ in pairs for name in wanted)
    found = [_field(name, pairs, spread) for name in names]
    return sorted(found, key=lambda field: (field.right.value, -field.wanted))


def extraction(expected: Sequence[str], answers: Sequence[str]) -> Extraction:
    """What became of the wanted fields, whichever they are; intervals by resampling the questions."""
    rows = []
    for wanted, given in _read(expected, answers):
        right = sum(_same(value, given.get(name)) for name, value in wanted.items())
        missing = sum(name not in given for name in wanted)
        extra = sum(name not in wanted for name in given)
        rows.append([right, missing, len(wanted) - right - missing, extra, len(wanted)])
    table = np.array(rows, float)

    def share(column: int) -> Estimated:
        return of_sums(Sums(table[:, [column, -1]], lambda s: s[..., 0] / np.maximum(1, s[..., 1])))

    n, whole = len(answers), sum(_object(answer) is not None for answer in answers)
    readable = Estimated(whole / n, *wilson_interval(whole, n))
    return Extraction(readable, share(0), share(1), share(2), share(3))


def _field(name: str, pairs: Sequence[tuple[Fields, Fields]], spread: float) -> Field:
    asked = [(wanted[name], given.get(name)) for wanted, given in pairs if name in wanted]
    n, right = len(asked), sum(_same(*pair) for pair in asked)
    missing = sum(given is None for _, given in asked)
    return Field(
        name,
        n,
        Estimated(right / n, *wilson_interval(right / spread, n / spread)),
        missing / n,
        (n - right - missing) / n,
        sum(name in given and name not in wanted for wanted, given in pairs),
    )


def _read(expected: Sequence[str], answers: Sequence[str]) -> list[tuple[Fields, Fields]]:
    return [
        (_object(wanted) or {}, _object(given) or {})
        for wanted, given in zip(expected, answers, strict=True)
    ]


def _object(text: str) -> Fields | None:
    """The fields that say something; None for a text that is no object."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    return {str(name): value for name, value in found.items() if value not in (None, "", [], {})}


def _same(wanted: Any, given: Any) -> bool:
    if isinstance(wanted, str) and isinstance(given, str):
        return wanted.split() == given.split()
    return isinstance(wanted, bool) == isinstance(given, bool) and bool(wanted == given)
