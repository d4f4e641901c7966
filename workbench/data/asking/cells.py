"""Cells that are lists or objects of an unknown form, where a text or a category would be."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import pyarrow as pa

from workbench.core.tasks import CHAT, EXTRACTION, LANGUAGE_MODELLING, PREFERENCES
from workbench.data.asking.look import Asked, Looked, value_of
from workbench.data.columns.columns import NO_CONTENT, REMARKS, name_score
from workbench.data.readers.shapes.shape import Record, Shape, Taken, left_out
from workbench.data.readers.table import Choice, Meant, Question

ITEMS, FIELDS, TEXT, WITHOUT = "items", "fields", "text", "without"
_TITLE = "a table of lists"
EMPTY = "nothing in the list"
_SAID = "you said so"
_PARTS = 4
_LOOKED_AT = 100


@dataclass(frozen=True)
class Nested:
    """A column of lists or objects."""

    name: str
    values: Sequence[Any]

    @property
    def are_lists(self) -> bool:
        """Whether most of its cells are lists."""
        return sum(isinstance(value, list) for value in self.values) * 2 > len(self.values)

    def texts(self) -> list[str]:
        """Where in its objects texts stand, the longest first: "body", "post.body"."""
        found: Counter[str] = Counter()
        for value in self.values[:_LOOKED_AT]:
            for item in value if isinstance(value, list) else [value]:
                for path in _paths(item):
                    found[path] += len(str(_at(item, path)))
        return [path for path, _ in found.most_common(_PARTS)]


def _paths(value: Any, before: str = "", depth: int = 0) -> Iterator[str]:
    if isinstance(value, str) and before and value.strip():
        yield before
    if isinstance(value, Mapping) and depth < 3:
        for key, inner in value.items():
            yield from _paths(inner, f"{before}.{key}" if before else str(key), depth + 1)


def _at(value: Any, path: str) -> Any:
    for key in path.split("."):
        if not isinstance(value, Mapping):
            return None
        value = value.get(key)
    return value


def ask(looked: Looked, choice: str) -> tuple[Question, Asked | None] | None:
    """The question, where a task would be guessed from what is neither text nor category."""
    nested = _nested(looked)
    column = _in_question(looked, nested)
    if column is None:
        return None
    others = tuple(each.name for each in nested if each is not column)
    makers = dict(_makers(looked, column, others))
    chosen = choice if choice in makers else ""
    question = Question(
        f"'{column.name}' holds {'lists' if column.are_lists else 'objects with parts'} rather than "
        "texts or categories, in a form that is not known. What are they?",
        tuple(Choice(name, title) for name, (title, _) in makers.items()),
        chosen,
    )
    return question, makers[chosen][1]() if chosen else None


def _nested(looked: Looked) -> list[Nested]:
    found = []
    for name in looked.table.columns:
        cells = looked.filled(name)[:_LOOKED_AT]
        values = [value for cell in cells if (value := value_of(cell)) is not None]
        if values and len(values) >= 0.5 * len(cells):
            found.append(Nested(name, values))
    return found


def _in_question(looked: Looked, nested: Sequence[Nested]) -> Nested | None:
    """The column that has to be explained before anything is made of the table."""
    if looked.table.meant or looked.task in (CHAT.name, PREFERENCES.name) or not nested:
        return None
    by_name = {each.name: each for each in nested}
    answer = looked.roles.get("response", "") if looked.task == EXTRACTION.name else ""
    played = [source for source in looked.roles.values() if source in by_name and source != answer]
    if played:
        return by_name[played[0]]
    if answer in by_name and not _are_fields(looked, by_name[answer]):
        return by_name[answer]
    plain = [name for name in looked.table.columns if not any(_holds(n, name) for n in by_name)]
    text = looked.roles.get("text") or looked.roles.get("prompt") or ""
    if looked.task == LANGUAGE_MODELLING.name and (text not in plain or _matter(nested)):
        return max(nested, key=lambda each: len(str(each.values)))
    return None


def _are_fields(looked: Looked, answer: Nested) -> bool:
    """Whether objects are what is to be pulled out of the texts: by their name, or since much of
    it stands there."""
    text = looked.roles.get("text", "")
    if _holds(answer.name, text) or not any(answer.values):
        return False
    if name_score(answer.name, "response") > 0:
        return True
    columns = (looked.table.data.column(name).slice(0, _LOOKED_AT) for name in (answer.name, text))
    cells = [
        (value_of(cell), whole or "") for cell, whole in zip(*map(_listed, columns), strict=True)
    ]
    found = [leaf.casefold() in whole.casefold() for cell, whole in cells for leaf in _leaves(cell)]
    return sum(found) >= 0.3 * len(found)


def _listed(column: pa.ChunkedArray) -> list[str | None]:
    cells: list[str | None] = column.to_pylist()
    return cells


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from _leaves(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner)
    elif value not in (None, "") and not isinstance(value, bool):
        yield str(value)


def _holds(column: str, part: str) -> bool:
    return part == column or part.startswith(f"{column}.")


def _matter(nested: Sequence[Nested]) -> bool:
    """Whether one of them may be what is to be learned, rather than a remark on the row."""
    return any(not (REMARKS.search(each.name) or NO_CONTENT.search(each.name)) for each in nested)


_Maker = tuple[str, tuple[str, Callable[[], Asked]]]


def _makers(looked: Looked, column: Nested, others: tuple[str, ...]) -> Iterator[_Maker]:
    """Name of a choice → its title, and what it makes of the table."""
    name, free = column.name, _free_text(looked, column)
    if column.are_lists:
        yield ITEMS, (f"Each item of '{name}' is a row of its own", lambda: _items(looked, column))
    else:
        for path in column.texts():
            yield (
                re.sub(r"\s+", "-", f"{name}.{path}"),
                (f"'{path}' of it is the text", partial(_part, looked, column, path)),
            )
    if free:
        title = f"The answer: they are to be found in '{free}', as fields"
        yield FIELDS, (title, lambda: _fields(looked, column, free))
    yield TEXT, ("Running text all the same, brackets included", lambda: _text(looked, name))
    if free:
        title = f"Nothing that matters: leave '{name}'{' and the like' if others else ''} out"
        yield WITHOUT, (title, lambda: _without(looked, (name, *others)))


def _free_text(looked: Looked, column: Nested) -> str:
    free = [name for name in looked.texts if not _holds(column.name, name)]
    return next((name for name in free if value_of(looked.filled(name)[0]) is None), "")


def _plain_columns(looked: Looked, column: Nested) -> list[str]:
    return [name for name in looked.table.columns if not _holds(column.name, name)]


def _items(looked: Looked, column: Nested) -> Asked:
    kept, paths = _plain_columns(looked, column), _item_keys(column)
    names = {path: _unlike(path, kept) for path in paths} or {"": _unlike(column.name, kept)}

    def take(row: Record) -> Taken:
        value = value_of(row.get(column.name))
        items = value if isinstance(value, list) else [] if value is None else [value]
        rest = {name: row.get(name) for name in kept}
        rows = [
            {**rest, **{n: _at(item, path) if path else item for path, n in names.items()}}
            for item in items
        ]
        return Taken(rows) if rows else left_out(EMPTY)

    columns = (*names.values(), *kept)
    return Asked(Shape(_TITLE, take, several=True, what="row"), columns)


def _item_keys(column: Nested) -> list[str]:
    found: dict[str, None] = {}
    for value in column.values:
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, Mapping):
                found.update(dict.fromkeys(key for key in map(str, item) if key))
    return list(found)[:100]


def _unlike(name: str, taken: Sequence[str]) -> str:
    return name if name not in taken else f"{name} (item)"


def _part(looked: Looked, column: Nested, path: str) -> Asked:
    name = f"{column.name}.{path}"
    kept = [each for each in looked.table.columns if each != name]

    def take(row: Record) -> Taken:
        value = value_of(row.get(column.name))
        return Taken([{**row, name: _at(value, path)}])

    meant = Meant(LANGUAGE_MODELLING.name, {"text": name}, _SAID)
    return Asked(Shape(_TITLE, take, meant), (name, *kept))


def _fields(looked: Looked, column: Nested, text: str) -> Asked:
    def take(row: Record) -> Taken:
        value = value_of(row.get(column.name))
        fields = {column.name: value} if isinstance(value, list) else value
        return Taken([{**row, column.name: fields or row.get(column.name)}])

    meant = Meant(EXTRACTION.name, {"text": text, "response": column.name}, _SAID)
    return Asked(Shape(_TITLE, take, meant), tuple(looked.table.columns))


def _text(looked: Looked, name: str) -> Asked:
    meant = Meant(LANGUAGE_MODELLING.name, {"text": name}, _SAID)
    return Asked(Shape(_TITLE, lambda row: Taken([row]), meant), tuple(looked.table.columns))


def _without(looked: Looked, names: Sequence[str]) -> Asked:
    kept = [n for n in looked.table.columns if not any(_holds(name, n) for name in names)]

    def take(row: Record) -> Taken:
        return Taken([{name: row.get(name) for name in kept}], unused=_filled(row, names))

    return Asked(Shape(_TITLE, take), tuple(kept))


def _filled(row: Record, names: Sequence[str]) -> list[str]:
    return [name for name in names if row.get(name)]
