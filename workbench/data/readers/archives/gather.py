"""Several files as one table: those of one shape, and a sentence about the others."""

import re
import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from workbench.core.errors import WorkbenchError
from workbench.core.words import joined, plural
from workbench.data.readers import kinds, signs
from workbench.data.readers.documents.folders import folders_of
from workbench.data.readers.kinds import CHAT, CSV, DOCUMENT, MAIL, kind_of
from workbench.data.readers.listing import Part
from workbench.data.readers.messages import slack
from workbench.data.readers.table import ReadOptions, Table, column_names

_NAMED = 5
_FEW_LINES = 4
_MOST_TABLES = 0.1
"""Of texts that look like a table by chance, for each document."""
_NOTES_OF_DATASETS = {"dataset_info.json", "dataset_dict.json", "state.json"}
_TABLE = "table"
_ORDER = (_TABLE, CHAT, MAIL, DOCUMENT)
_CHAT_FILE = re.compile(r"(^|/)(_chat\.txt|WhatsApp[^/]*\.txt)$")


@dataclass
class Sorted:
    """Files by what can be made of them."""

    family: str
    """`table`, or the kind of listing that the chosen files make."""
    parts: list[Part]
    others: list[Part] = field(default_factory=list)
    """Of another family."""
    refused: dict[str, str] = field(default_factory=dict)
    """Name → why it cannot be read."""

    @property
    def notes(self) -> list[str]:
        """What is left out, in a sentence for each reason."""
        notes = [describe_left_out(self.others, "of another kind")]
        if len(self.refused) <= 2:
            return [note for note in [*notes, *self.refused.values()] if note]
        unread = [Part(self.parts[0].path, name) for name in self.refused]
        return [note for note in [*notes, describe_left_out(unread, "that cannot be read")] if note]


def sort(parts: Sequence[Part], name: str) -> Sorted:
    """The family to which most files belong; tables before everything else where as many do.

    A chat goes before all that was sent in it.

    Raises:
        WorkbenchError: none of them can be read.
    """
    if slack.looks_like([part.name for part in parts]):
        return Sorted(CHAT, list(parts))
    parts = _of_data(parts)
    families: dict[str, list[Part]] = {family: [] for family in _ORDER}
    refused, texts = {}, []
    for part in parts:
        try:
            kind = kind_of(part.path, part.name)
        except WorkbenchError as error:
            refused[part.name] = str(error)
        else:
            families[kind if kind in families else _TABLE].append(part)
            texts += [part] if kind == CSV and signs.may_be_text(part.name) else []
    _move_texts(families, texts)
    exported = any(_CHAT_FILE.search(part.name) for part in families[CHAT])
    best = CHAT if exported else max(_ORDER, key=lambda family: len(families[family]))
    if not families[best]:
        raise WorkbenchError(_nothing(refused, name))
    others = [part for family in _ORDER if family != best for part in families[family]]
    return Sorted(best, families[best], others, refused)


def _of_data(parts: Sequence[Part]) -> Sequence[Part]:
    """Without what the library `datasets` notes about a data set beside its Arrow files."""
    if not any(part.name.endswith(".arrow") for part in parts):
        return parts
    return [part for part in parts if part.name.rsplit("/", 1)[-1] not in _NOTES_OF_DATASETS]


def _move_texts(families: dict[str, list[Part]], texts: Sequence[Part]) -> None:
    """Take texts for documents, whose lines alone say otherwise, where the others are documents.

    A file of many lines that lies beside its like is a list of examples (positive.txt, negative.txt).
    """
    lists = [part for part in texts if kinds.is_list(part.path, part.name)]
    documents = [*families[DOCUMENT], *lists]
    if not texts or _MOST_TABLES * len(documents) < len(texts) - len(lists):
        return
    if (
        len(lists) < len(families[DOCUMENT])
        or (len(documents) > 1 and statistics.median(map(_lines, lists)) < _FEW_LINES)
        or folders_of([part.name for part in documents]).are_categories
    ):
        families[DOCUMENT] = sorted([*families[DOCUMENT], *texts], key=lambda part: part.path)
        families[_TABLE] = [part for part in families[_TABLE] if part not in texts]


def _lines(part: Part) -> int:
    with part.path.open("rb") as stream:
        return stream.read(signs.HEAD).strip().count(b"\n") + 1


def _nothing(refused: dict[str, str], name: str) -> str:
    if len(refused) == 1:
        return next(iter(refused.values()))
    first = next(iter(refused.values()))
    return f"{name} holds {plural(len(refused), 'file')}, none of which can be read: {first}"


def is_tables(found: Sorted) -> bool:
    """Whether the chosen files are tables, to be put one below the other."""
    return found.family == _TABLE


def describe_left_out(parts: Sequence[Part], why: str) -> str:
    """Files that were not used, in a sentence; empty if there are none."""
    if not parts:
        return ""
    names = [part.name for part in parts[:_NAMED]]
    if len(parts) > _NAMED:
        names.append(f"{len(parts) - _NAMED:,} more")
    was = "was" if len(parts) == 1 else "were"
    return f"{plural(len(parts), 'file')} {why} {was} left out: {joined(names)}."


@dataclass(frozen=True)
class Shape:
    """What is known of a table before it is put with others."""

    part: Part
    columns: Sequence[str]
    rows: int
    about: Table
    """With or without its rows."""

    @property
    def key(self) -> tuple[str, ...]:
        """The same for tables with the same columns, in whatever order."""
        return tuple(sorted(column.casefold() for column in self.columns))

    def places(self, columns: Sequence[str]) -> list[int]:
        """For each of these columns, at which place this table has it."""
        at = {column.casefold(): place for place, column in enumerate(self.columns)}
        return [at[column.casefold()] for column in columns]


def of_one_shape(shapes: Sequence[Shape]) -> list[Shape]:
    """Those with the columns that most of the tables have; with the most rows among as many."""
    groups: dict[tuple[str, ...], list[Shape]] = {}
    for shape in shapes:
        groups.setdefault(shape.key, []).append(shape)
    return max(groups.values(), key=lambda group: (len(group), sum(s.rows for s in group)))


def columns_of(shapes: Sequence[Shape]) -> list[str]:
    """The columns of what they become: their own, and `file`."""
    return column_names([*shapes[0].columns, "file"])


def options_of(shapes: Sequence[Shape]) -> ReadOptions:
    """How all of them were read, as far as it is the same."""
    bare = all(shape.about.options.header_row == 0 for shape in shapes)
    return ReadOptions(header_row=0 if bare else None, choice=shapes[0].about.options.choice)


def unused_of(shapes: Sequence[Shape]) -> dict[str, int]:
    """What stands in the files and in no column, with how many rows have it."""
    found: Counter[str] = Counter()
    for shape in shapes:
        found.update(shape.about.unused)
    return dict(found)


def notes_of(shapes: Sequence[Shape], chosen: Sequence[Shape], found: Sorted) -> tuple[str, ...]:
    """What the readers said of the chosen tables, and which files were left out."""
    notes = dict.fromkeys(note for shape in chosen for note in shape.about.notes)
    for shape in chosen:
        for reason, rows in shape.about.left_out.items():
            was = "row was" if len(rows) == 1 else "rows were"
            notes[f"{len(rows):,} {was} left out of {shape.part.name}: {reason}."] = None
    others = [shape.part for shape in shapes if shape not in chosen]
    return tuple(
        note
        for note in [*notes, describe_left_out(others, "with other columns"), *found.notes]
        if note
    )
