"""Findings: what a check found in a sentence, the rows, and the change that would mend each."""

import math
from dataclasses import dataclass, field, fields
from typing import Any

WORTH_MENDING = 0.04
"""The harm from which on a finding is more than good to know."""


@dataclass(frozen=True, slots=True)
class FlaggedRow:
    """One row of a finding, and what a fix would do to it."""

    row_id: int
    group: int = 0
    """Rows that belong together (the copies of one text) have the same number; 0: to none."""
    drop: bool = False
    """Whether the fix `remove` takes the row out."""
    role: str = ""
    """What the fix `change` writes to: a role of the task, or `split`."""
    after: str | None = None
    """The text that the fix `change` writes there; None: it leaves the row alone."""
    value: float = 0.0
    """How sure the check is, 0 to 1, or a similarity; 0 where that says nothing."""
    note: str = ""
    """A few words on this row: "card number, e-mail address"."""


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, in the order of its harm to the model."""

    kind: str
    """The check's own name, such as `duplicates`; one finding of a kind in a checkup."""
    title: str
    """What it is, in a few words: "12 rows say the same as another one"."""
    text: str
    """The same in a sentence or two, with an example."""
    effect: str
    """What it does to the model or to the verdict, in a sentence."""
    harm: float
    """0 (nothing) to 1 (the model or its score is worthless): orders the findings, and is taken
    off the score."""
    flagged_rows: list[FlaggedRow] = field(default_factory=list)
    """Its rows; none where a finding is read from a record, which keeps them apart."""
    remove: str = ""
    """What the button says that drops the rows marked so; empty: there is no such fix."""
    change: str = ""
    """What the button says that writes the new texts; empty: there is no such fix."""
    ticked: bool = True
    """Whether a fix is meant for all rows unless the user takes some out; otherwise for none but
    those that the user chooses."""
    rows: int = 0
    """How many rows it concerns; counted where the flagged rows are."""

    def __post_init__(self) -> None:
        if self.flagged_rows:
            object.__setattr__(self, "rows", len({flagged.row_id for flagged in self.flagged_rows}))

    @property
    def level(self) -> str:
        """How much it matters: serious, worth mending, or good to know."""
        if self.harm >= 0.15:
            return "serious"
        return "moderate" if self.harm >= WORTH_MENDING else "minor"

    def as_dict(self) -> dict[str, Any]:
        """It without its rows, as plain values."""
        names = (each.name for each in fields(self) if each.name != "flagged_rows")
        return {name: getattr(self, name) for name in names}


def harm_of(worst: float, share: float, full: float = 1.0) -> float:
    """The harm of something that concerns a share (0 to 1) of the rows.

    It is `worst` from the share `full` on, and grows with the root of the share before: the first
    few rows tell that something went wrong, thousands more of them do not tell much more.
    """
    return worst * math.sqrt(min(1.0, share / full))
