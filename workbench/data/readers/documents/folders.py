"""Folders in which documents lie: categories as a rule, or the parts train and test."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from workbench.core.words import joined

_PARTS = frozenset(
    [
        "train",
        "training",
        "test",
        "testing",
        "val",
        "valid",
        "validation",
        "dev",
        "devel",
        "development",
        "eval",
        "evaluation",
        "holdout",
        "heldout",
    ]
)
_TIME = re.compile(r"(19|20)\d\d([-_./]?\d\d){0,2}|Q[1-4]", re.IGNORECASE)
_FEWEST_EACH, _MOST_OUTSIDE = 3, 0.1


@dataclass(frozen=True)
class Folders:
    """For each of some files the folder that says what it is, and the part that it belongs to.

    Folders in which all of them lie say nothing; "" where a file lies in none.
    """

    folder: Sequence[str]
    part: Sequence[str]
    """train, test and the like, as the folder is called."""

    @property
    def columns(self) -> list[str]:
        """The names of the columns that they fill."""
        found = {"folder": self.folder, "split": self.part}
        return [name for name, values in found.items() if any(values)]

    def value(self, column: str, index: int) -> str:
        """What stands in the column `folder` or `split` for a file."""
        return (self.folder if column == "folder" else self.part)[index]

    @property
    def are_categories(self) -> bool:
        """Whether there are a few folders with several files each, not named by time."""
        counts = Counter(filter(None, self.folder))
        files = sum(counts.values())
        return (
            len(counts) > 1
            and files >= _FEWEST_EACH * len(counts)
            and files >= (1 - _MOST_OUTSIDE) * len(self.folder)
            and not all(all(map(_TIME.fullmatch, name.split("/"))) for name in counts)
        )

    @property
    def note(self) -> str:
        """What they are taken for, in a sentence or two; empty where that is nothing."""
        said = []
        if self.are_categories:
            number = len(set(filter(None, self.folder)))
            said.append(f"Each file is a row, and its folder, one of {number:,}, is its category.")
        if any(self.part):
            parts = sorted(set(filter(None, self.part)))
            said.append(f"Which of the folders {joined(parts)} a file lies in is in 'split'.")
        return " ".join(said)


def folders_of(names: Sequence[str]) -> Folders:
    """The folders of files with these names, which are paths with slashes."""
    steps = [PurePosixPath(name.replace("\\", "/")).parts[:-1] for name in names]
    levels: dict[int, set[str]] = {}
    for parts in steps:
        for level, part in enumerate(parts):
            levels.setdefault(level, set()).add(part)
    telling = [
        [part for level, part in enumerate(parts) if len(levels[level]) > 1] for parts in steps
    ]
    return Folders(
        ["/".join(part for part in parts if part.lower() not in _PARTS) for parts in telling],
        [next((part for part in parts if part.lower() in _PARTS), "") for parts in telling],
    )
