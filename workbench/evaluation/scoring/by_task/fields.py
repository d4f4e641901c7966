"""Scores of fields that were pulled out of texts: each one right, missing or wrong.

A text is right if it is the wanted one but for blanks: those at its ends do not count, several count
as one, capitals and signs count. A number or a date is right if it has the wanted value, however it is
written (1,234.50 and 1234.5; 25/12/2018 and 25 Dec 2018); of which kind a field is, the wanted answers
tell (`core.fields.guess`). A list is right with the same items in any order. Texts are scored by their
likeness as well (chrF), so that one letter is not everything.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.core.fields.field import DATE, GROUP, NUMBER, SEPARATOR, TEXT, is_nothing, leaves
from workbench.core.fields.field import Field as Known
from workbench.core.fields.guess import guessed
from workbench.core.fields.values import same_date, same_number
from workbench.evaluation.scoring.by_task.categories import Estimated
from workbench.evaluation.scoring.by_task.texts import mean, of_sums
from workbench.evaluation.scoring.chrf import chrf_counts, chrf_of
from workbench.evaluation.scoring.intervals import wilson_interval
from workbench.evaluation.scoring.sums import Sums

Fields = dict[str, Any]
Kinds = Mapping[str, Known]


@dataclass(frozen=True)
class Field:
    """One field over all questions."""

    name: str
    wanted: int
    """Answers of yours that say something there."""
    right: Estimated
    """Share of them that are met: texts exactly but for blanks, numbers and dates by value."""
    near: Estimated | None
    """Mean likeness of texts (chrF), 0 to 1, nothing counting as 0; None for what is no text."""
    missing: float
    """Share of them where the model says nothing."""
    wrong: float
    """Share of them where it says something else."""
    too_much: int
    """Answers that say something where yours does not."""
    kind: str = TEXT
    """See `core.fields.field`."""

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        near = None if self.near is None else vars(self.near)
        return {**vars(self), "right": vars(self.right), "near": near}


@dataclass(frozen=True)
class Extraction:
    """All fields together."""

    readable: Estimated
    """Share of the answers that are an object of fields at all."""
    right: Estimated
    """Share of the wanted fields that are met."""
    near: Estimated | None
    """Mean likeness of the wanted texts (chrF), 0 to 1; None without any."""
    missing: Estimated
    wrong: Estimated
    too_much: Estimated
    """Fields that say something where yours do not, for each wanted one."""


def each_field(expected: Sequence[str], answers: Sequence[str], spread: float = 1.0) -> list[Field]:
    """Every field that some wanted answer has, those of groups each, the weakest first."""
    pairs, kinds = _read(expected, answers), _kinds(expected)
    names = dict.fromkeys(name for wanted, _ in pairs for name in wanted)
    found = [_field(name, pairs, kinds, spread) for name in names]
    return sorted(found, key=lambda field: (field.right.value, -field.wanted))


def extraction(expected: Sequence[str], answers: Sequence[str]) -> Extraction:
    """What became of the wanted fields, whichever they are; intervals by resampling the questions."""
    rows, kinds, near = [], _kinds(expected), list[float]()
    for wanted, given in _read(expected, answers):
        right = sum(_same(kinds, name, value, given.get(name)) for name, value in wanted.items())
        missing = sum(name not in given for name in wanted)
        extra = sum(name not in wanted for name in given)
        rows.append([right, missing, len(wanted) - right - missing, extra, len(wanted)])
        texts = [(value, given.get(n)) for n, value in wanted.items() if _is_text(kinds, n, value)]
        near += [likeness(*pair) for pair in texts]
    table = np.array(rows, float)

    def share(column: int) -> Estimated:
        return of_sums(Sums(table[:, [column, -1]], lambda s: s[..., 0] / np.maximum(1, s[..., 1])))

    n, whole = len(answers), sum(_object(answer) is not None for answer in answers)
    readable = Estimated(whole / n, *wilson_interval(whole, n))
    alike = mean(near) if near else None
    return Extraction(readable, share(0), alike, share(1), share(2), share(3))


def likeness(wanted: Any, given: Any) -> float:
    """How near one text lies to another (chrF), 0 to 1."""
    texts = [" ".join(str("" if value is None else value).split()) for value in (wanted, given)]
    if texts[0] == texts[1]:
        return 1.0
    return float(chrf_of(chrf_counts([texts[0]], [texts[1]]))[0]) / 100


def _field(name: str, pairs: Sequence[tuple[Fields, Fields]], kinds: Kinds, spread: float) -> Field:
    asked = [(wanted[name], given.get(name)) for wanted, given in pairs if name in wanted]
    n, right = len(asked), sum(_same(kinds, name, *pair) for pair in asked)
    missing = sum(given is None for _, given in asked)
    is_text = all(_is_text(kinds, name, wanted) for wanted, _ in asked)
    return Field(
        name,
        n,
        Estimated(right / n, *wilson_interval(right / spread, n / spread)),
        mean([likeness(*pair) for pair in asked]) if is_text else None,
        missing / n,
        (n - right - missing) / n,
        sum(name in given and name not in wanted for wanted, given in pairs),
        kinds[name].title if name in kinds else TEXT,
    )


def _kinds(expected: Sequence[str]) -> Kinds:
    return dict(leaves(guessed(expected)))


def _is_text(kinds: Kinds, name: str, wanted: Any) -> bool:
    return isinstance(wanted, str) and (name not in kinds or kinds[name].kind == TEXT)


def _read(expected: Sequence[str], answers: Sequence[str]) -> list[tuple[Fields, Fields]]:
    return [
        (_flat(_object(wanted) or {}), _flat(_object(given) or {}))
        for wanted, given in zip(expected, answers, strict=True)
    ]


def _flat(fields: Fields, before: str = "") -> Fields:
    """The fields that say something, those of groups by their titles: "buyer · name"."""
    found: Fields = {}
    for name, value in fields.items():
        if isinstance(value, dict):
            found |= _flat(value, f"{before}{name}{SEPARATOR}")
        elif not is_nothing(value):
            found[before + name] = value
    return found


def _object(text: str) -> Fields | None:
    """The fields that say something; None for a text that is no object."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return {str(name): value for name, value in found.items()} if isinstance(found, dict) else None


def _same(kinds: Kinds, name: str, wanted: Any, given: Any) -> bool:
    known = kinds.get(name)
    return same_value(known.kind if known else TEXT, wanted, given)


def same_value(kind: str, wanted: Any, given: Any) -> bool:
    """Whether a value of a field of this kind is the wanted one."""
    if isinstance(wanted, list) and isinstance(given, list):
        return len(wanted) == len(given) and _same_items(kind, wanted, given)
    if _same_written(wanted, given):
        return True
    if kind == NUMBER:
        return same_number(wanted, given)
    return kind == DATE and same_date(wanted, given)


def _same_items(kind: str, wanted: Sequence[Any], given: Sequence[Any]) -> bool:
    left = list(given)
    for item in wanted:
        place = next((at for at, other in enumerate(left) if same_value(kind, item, other)), None)
        if place is None:
            return False
        del left[place]
    return True


def _same_written(wanted: Any, given: Any) -> bool:
    if isinstance(wanted, str) and isinstance(given, str):
        return wanted.split() == given.split()
    if isinstance(wanted, dict) and isinstance(given, dict):
        names = {*wanted, *given}
        return all(same_value(GROUP, wanted.get(n), given.get(n)) for n in names)
    return isinstance(wanted, bool) == isinstance(given, bool) and bool(wanted == given)
