"""Whether the log is as it was written: line by line, and whether its end is still there.

Found is every change of a line, a line that is missing, was put in or moved, unless all that follow
were made anew; and that, as well as lines missing at the end, by the head (`head.py`), unless that
was made anew, too. See docs/guide.md for what this cannot prove.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from storage.audit import found, head, lines
from storage.database import Store
from storage.errors import StorageError

_STEP = 5_000
_NO_HEAD = "Nothing in the home says how far the log went, so lines missing at its end would not be noticed."


@dataclass(frozen=True)
class Verified:
    """What a look at all lines found."""

    lines: int
    """That there are."""
    wrong: int | None = None
    """The number of the first line that does not fit; None if all do."""
    why: str = ""
    """A sentence on that; empty if all is well."""
    note: str = ""
    """What could not be looked at."""

    @property
    def is_sound(self) -> bool:
        """Whether nothing was found."""
        return not self.why


def verify(
    store: Store, on_progress: Callable[[int, int], None] = lambda _done, _all: None
) -> Verified:
    """Look at every line, on one snapshot.

    Args:
        on_progress: gets how many lines were looked at, and of how many; what it raises ends it.
    """
    with store.read() as session:
        try:
            known = head.read(store.engine.url)
        except StorageError as error:
            known, damaged = None, str(error)
        else:
            damaged = ""
        checked = _chain(session, known, on_progress)
    if checked.is_sound and damaged:
        return Verified(checked.lines, checked.lines, damaged)
    return checked


def _chain(
    session: Session, known: head.Head | None, on_progress: Callable[[int, int], None]
) -> Verified:
    total, before, number = found.last_number(session), lines.FIRST, 0
    for line in found.each(session):
        number += 1
        if why := _misfit(line["number"], number, line["previous"] == before):
            return Verified(total, number, why)
        if lines.digest_of(line) != line["digest"]:
            return Verified(total, number, f"Line {number:,} was changed after it was written.")
        before = line["digest"]
        if known and known.number == number and known.digest != before:
            return Verified(
                total,
                number,
                f"Line {number:,} is not the one that was written: the log was made anew, up to here at "
                "least.",
            )
        if number % _STEP == 0:
            on_progress(number, total)
    on_progress(number, max(number, 1))
    if known and known.number > number:
        return Verified(
            number,
            number + 1,
            f"The log ends with line {number:,}, but line {known.number:,} had been written: its end "
            "was cut off.",
        )
    return Verified(number, note="" if known or not number else _NO_HEAD)


def _misfit(found_number: int, number: int, is_bound: bool) -> str:
    if found_number > number:
        return f"Line {number:,} is missing."
    if found_number < number:
        return f"Line {found_number:,} has no place in the log: it was put in."
    if not is_bound:
        return f"Line {number:,} does not follow the line before it: one of them is not the one that was written."
    return ""
