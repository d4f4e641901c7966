"""A known form of records, as other programs export them, and how its records become rows."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from workbench.core.errors import WorkbenchError
from workbench.core.words import joined, plural
from workbench.data.readers.table import Meant, Question

Record = Mapping[str, Any]
"""One object of the file, as `json` reads it."""
SAMPLE = 200
"""Records that a shape is recognised by."""


@dataclass(frozen=True)
class Taken:
    """What one record gives."""

    rows: Sequence[Record] = ()
    """Flat: names of columns to texts, numbers, or lists and objects that stay JSON text."""
    left_out: Mapping[str, int] = field(default_factory=dict)
    """Reason → how many parts of the record (annotations, questions) go for it."""
    unused: Sequence[str] = ()
    """What it holds and no column does, in the file's words: "annotations.lead_time"."""


def left_out(reason: str, unused: Sequence[str] = ()) -> Taken:
    """A record that gives no row."""
    return Taken((), {reason: 1}, unused)


@dataclass(frozen=True)
class Shape:
    """A known form of records."""

    title: str
    """What the file is, to stand behind "this is": "an export of Label Studio"."""
    take: Callable[[Record], Taken]
    meant: Meant | None = None
    notes: tuple[str, ...] = ()
    """Sentences on how it is read, beside what is left out."""
    question: Question | None = None
    several: bool = False
    """Whether a record may give several rows; then these are numbered anew, which a note says."""
    of_lists: bool = False
    """Whether its records are lists of cells."""
    what: str = "record"
    """What one of the file's records is called: "conversation"."""


Recogniser = Callable[[Sequence[Record], str], Shape | None]
"""From the first records and the user's choice (`ReadOptions.choice`) to their shape, if it is known
to this module. None of the records is empty."""


@dataclass
class Account:
    """Goes through the records once; complete when all rows have been gone through."""

    shape: Shape
    left_out: dict[str, list[int]] = field(default_factory=dict)
    unused: Counter[str] = field(default_factory=Counter)
    records: int = 0
    rows: int = 0

    def flat(self, records: Iterable[tuple[int, Any]]) -> Iterator[tuple[int, Record]]:
        """Row by row, with its number; what is no object is left out."""
        for number, record in records:
            self.records += 1
            taken = self._take(record)
            for reason, count in taken.left_out.items():
                self.left_out.setdefault(reason, []).extend([number] * count)
            self.unused.update(dict.fromkeys(taken.unused, 1))
            for row in taken.rows:
                self.rows += 1
                yield (self.rows if self.shape.several else number), row

    def _take(self, record: Any) -> Taken:
        if isinstance(record, list) if self.shape.of_lists else isinstance(record, Mapping):
            return self.shape.take(record)
        return left_out("not an object with named values like the others")

    def notes(self) -> tuple[str, ...]:
        """What to say of the reading."""
        if not self.shape.several:
            return self.shape.notes
        counted = (
            f"{plural(self.records, self.shape.what)} gave {plural(self.rows, 'row')}, "
            f"which are numbered from 1; rows that are left out go by the {self.shape.what}'s number."
        )
        return (*self.shape.notes, counted)

    def facts(self, name: str) -> dict[str, Any]:
        """What a `Table` says of the reading, by its names.

        Raises:
            WorkbenchError: all records were left out.
        """
        if not self.rows:
            raise WorkbenchError(_nothing(self.shape, self.left_out, name))
        return {
            "notes": self.notes(),
            "left_out": {reason: tuple(numbers) for reason, numbers in self.left_out.items()},
            "unused": dict(self.unused),
            "meant": self.shape.meant,
            "question": self.shape.question,
        }


def _nothing(shape: Shape, reasons: Mapping[str, Sequence[int]], name: str) -> str:
    counted = [f"{len(numbers):,} × {reason}" for reason, numbers in reasons.items()]
    why = f" ({joined(counted)})" if counted else ""
    return (
        f"{name} is {shape.title}, but none of it can be learned{why}: export the finished part "
        "of it, and choose that."
    )
