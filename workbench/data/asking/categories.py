"""Several categories in a row: in a list, in one cell with separators, or in a column each."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from workbench.core.tasks import (
    CLASSIFICATION,
    COMPLETION,
    EXTRACTION,
    LANGUAGE_MODELLING,
    MULTI_LABEL,
)
from workbench.core.tasks.category_sets import written
from workbench.core.words import plural
from workbench.data.asking.answers import ALL, EACH, FIRST, OR_NONE, SINGLE, WHOLE
from workbench.data.asking.look import Asked, Looked, Row, value_of
from workbench.data.asking.simple import NO, YES, come_again
from workbench.data.columns.columns import NO_CONTENT, name_score
from workbench.data.readers.shapes.shape import Record, Shape, Taken, left_out
from workbench.data.readers.table import Choice, Meant, Question

_ALL = Choice(ALL, "All of them: the model learns to find every category that fits")
_OR_NONE = Choice(OR_NONE, "All of them, and a row without any means: none of the categories fits")
CHOICES = (
    Choice(FIRST, "Only the first category of each row"),
    Choice(EACH, "One example for each category of a row"),
    Choice(SINGLE, "Only rows with exactly one category"),
)
_WHOLE = Choice(
    WHOLE, "What stands in a cell is one category, be it several words or several names"
)
_COLUMNS = Choice(WHOLE, "These columns are no categories, and stay as they are")
NONE = "no category"
SEVERAL = "several categories"
COLUMN = "category"
"""The column that is made of one for each category."""
_TITLE = "a table with several categories in a row"
_SEPARATORS = (";", "|", "\n", ",")
_LONGEST = 60
Categories = Callable[[Row], list[str]]


@dataclass(frozen=True)
class Form:
    """How the categories of a row are written down."""

    column: str
    """Where the category stands in the end."""
    of: Categories
    where: str
    """Stands behind "several categories": "in 'labels'"."""
    instead: tuple[str, ...] = ()
    """The columns that it takes the place of."""
    is_cell: bool = True
    """Whether a cell could be one category as it is."""

    def whole(self, row: Row) -> str:
        """All that stands in the cell, as one category; a list without its brackets."""
        cell = row.get(self.column) or ""
        return cell if value_of(cell) is None else ", ".join(self.of(row))

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it is read from."""
        return self.instead or (self.column,)


AllRows = Callable[[Sequence[str]], Iterable[Row]]
"""All rows of a table, with these columns."""


def ask(looked: Looked, choice: str, rows: AllRows) -> "Found | None":
    """What to do where rows have several categories; None where it is not so."""
    form = _of_lists(looked) or _of_cells(looked) or _of_columns(looked)
    if form is None or not _text(looked, form):
        return None
    counts = Counter(min(2, len(form.of(row))) for row in rows(form.columns))
    if not counts[1] and not counts[2]:
        return None
    together = (_ALL, _OR_NONE) if form.is_cell else (_OR_NONE, _ALL)
    choices = (*together, *CHOICES, _WHOLE if form.is_cell else _COLUMNS)
    if not counts[2]:
        return Found(form, None, _asked(looked, form, SINGLE))
    chosen = choice if choice in [c.name for c in choices] else ""
    question = Question(_sentence(form, counts), choices, chosen)
    return Found(form, question, _asked(looked, form, chosen) if chosen else None)


@dataclass(frozen=True)
class Found:
    """What was found, and how it is taken, as soon as that is known."""

    form: Form
    question: Question | None
    asked: Asked | None


def _sentence(form: Form, counts: Mapping[int, int]) -> str:
    rows = sum(counts.values())
    none = f" ({plural(counts[0], 'row')} {'has' if counts[0] == 1 else 'have'} none)"
    return (
        f"{counts[2]:,} of {plural(rows, 'row')} have several categories {form.where}"
        f"{none if counts[0] else ''}. Which are to be taken?"
    )


def _text(looked: Looked, form: Form) -> str:
    """The text that has these categories."""
    meant = looked.table.meant.roles.get("text", "") if looked.table.meant else ""
    others = [name for name in looked.texts if name not in (form.column, *form.instead)]
    named = sorted(others, key=lambda name: -name_score(name, "text"))
    return meant or next(iter(named), "")


def _asked(looked: Looked, form: Form, choice: str) -> Asked:
    if choice == WHOLE and not form.is_cell:
        return Asked(Shape(_TITLE, _keep), tuple(looked.table.columns))
    columns = [name for name in looked.table.columns if name not in form.instead]
    roles = {"text": _text(looked, form), "label": form.column}
    reason = looked.table.meant.reason if looked.table.meant else ""
    task = MULTI_LABEL if choice in (ALL, OR_NONE) else CLASSIFICATION
    meant = Meant(task.name, roles, reason or f"the categories stand {form.where}")
    take = _set_taker(form, choice) if task is MULTI_LABEL else _taker(form, choice)
    notes = () if form.is_cell else (f"The categories {form.where} are in '{form.column}' now.",)
    return Asked(
        Shape(_TITLE, take, meant, notes, several=choice == EACH, what="row"),
        tuple(dict.fromkeys([*columns, form.column])),
    )


def _keep(row: Record) -> Taken:
    return Taken([row])


def _taker(form: Form, choice: str) -> Callable[[Record], Taken]:
    def take(row: Record) -> Taken:
        found = form.of(row)
        if not found:
            return left_out(NONE)
        if choice == SINGLE and len(found) > 1:
            return left_out(SEVERAL)
        if choice == WHOLE:
            found = [form.whole(row)]
        taken = found if choice == EACH else found[:1]
        unused = [f"{form.column} (further ones)"] if len(found) > len(taken) else []
        return Taken([{**row, form.column: name} for name in taken], unused=unused)

    return take


def _set_taker(form: Form, choice: str) -> Callable[[Record], Taken]:
    """All categories of a row in one cell, as they are learned."""

    def take(row: Record) -> Taken:
        found = form.of(row)
        if not found and choice == ALL:
            return left_out(NONE)
        return Taken([{**row, form.column: written(found)}])

    return take


def label_name(name: str) -> float:
    """How much a column's name, of one or of several, is that of categories."""
    plain = name.strip()
    single = plain[:-3] + "y" if plain.endswith("ies") else plain.removesuffix("s")
    return max(name_score(plain, "label"), name_score(single, "label"))


def _candidates(looked: Looked) -> list[str]:
    """The columns that may hold categories, the likeliest first."""
    if looked.table.meant:
        label = looked.table.meant.roles.get("label")
        return [label] if label in looked.table.columns else []
    if looked.task not in (
        CLASSIFICATION.name,
        LANGUAGE_MODELLING.name,
        EXTRACTION.name,
        COMPLETION.name,
    ):
        return []
    taken = [source for role, source in looked.roles.items() if role in ("text", "prompt")]
    free = [name for name in looked.table.columns if name not in taken]
    ranked = sorted(free, key=lambda name: (name != looked.roles.get("label"), -label_name(name)))
    return [n for n in ranked if n == looked.roles.get("label") or label_name(n) > 0]


def _of_lists(looked: Looked) -> Form | None:
    for name in _candidates(looked):
        cells = looked.filled(name)
        lists = [found for cell in cells if (found := _listed(cell)) is not None]
        plain = sum(cell[0] not in "[{" for cell in cells)
        items = [item for found in lists for item in found]
        if not items or len(lists) + (plain if looked.table.meant else 0) < 0.9 * len(cells):
            continue
        if not _are_vectors(lists) and _come_again(items, [*map(tuple, lists)]):
            return Form(name, _lister(name), f"in '{name}'")
    return None


def _lister(name: str) -> Categories:
    return lambda row: _in_cell(row.get(name))


def _are_vectors(lists: Sequence[Sequence[str]]) -> bool:
    """Whether they are a 0 or 1 for each category, whose names are not there."""
    lengths = {len(found) for found in lists}
    return len(lengths) == 1 and max(lengths) > 1 and {v for f in lists for v in f} <= {"0", "1"}


def _come_again(items: Sequence[str], rows: Sequence[object]) -> bool:
    """Whether they are categories rather than texts or words of a text."""
    counts = Counter(items)
    again = sum(count for count in counts.values() if count > 1)
    return max(map(len, counts)) <= _LONGEST and (again >= 0.5 * len(items) or len(rows) < 10)


def _listed(cell: str) -> list[str] | None:
    """The categories in a list; None if it holds something else."""
    value = value_of(cell)
    if not isinstance(value, list) or not all(isinstance(v, str | int | float) for v in value):
        return None
    return [name for item in value if (name := str(item).strip())]


def _in_cell(cell: str | None) -> list[str]:
    if not cell or not cell.strip():
        return []
    found = _listed(cell)
    return [cell.strip()] if found is None else list(dict.fromkeys(found))


def _of_cells(looked: Looked) -> Form | None:
    """One cell with separators, whose parts come again and again."""
    sure = looked.task == CLASSIFICATION.name or looked.table.meant
    if not sure and looked.task not in (LANGUAGE_MODELLING.name, COMPLETION.name):
        return None
    for name in _candidates(looked)[:3]:
        cells = looked.filled(name)
        for separator in _SEPARATORS:
            if _is_separated(cells, separator) and (sure or _come_often(cells, separator)):
                return Form(name, _splitter(name, separator), f"in '{name}'")
    return None


def _come_often(cells: Sequence[str], separator: str) -> bool:
    """Whether cells that nearly all differ are made of the same few names, as no text is."""
    parts = [part for cell in cells for part in _parts(cell, separator)]
    several = sum(len(_parts(cell, separator)) > 1 for cell in cells)
    return come_again(parts) and several >= 0.3 * len(cells)


def _splitter(name: str, separator: str) -> Categories:
    return lambda row: _parts(row.get(name) or "", separator)


def _parts(cell: str, separator: str) -> list[str]:
    return list(dict.fromkeys(part.strip() for part in cell.split(separator) if part.strip()))


def _is_separated(cells: Sequence[str], separator: str) -> bool:
    """Whether parts are put together in several ways: "Sales, Inc." has more parts than it has
    other cells."""
    several = [parts for cell in cells if len(parts := _parts(cell, separator)) > 1]
    if len(several) < max(2, 0.03 * len(cells)) or any(cell[0] in "[{" for cell in cells):
        return False
    names = Counter(part for cell in cells for part in _parts(cell, separator))
    if len(names) > len({*cells}) or max(map(len, names)) > _LONGEST:
        return False
    return not any(part.replace(".", "").isdecimal() for part in names)


def _of_columns(looked: Looked) -> Form | None:
    """A column for each category, with 0 and 1 or a cross."""
    if looked.table.meant or looked.task not in (CLASSIFICATION.name, LANGUAGE_MODELLING.name):
        return None
    flags = [name for name in looked.table.columns if _is_flag(looked, name)]
    if len(flags) > 1:  # beside others, a column that never says yes is a category as well
        flags = [name for name in looked.table.columns if name in flags or _is_no(looked, name)]
    others = [name for name in looked.table.columns if name not in flags]
    if len(flags) < 3 and not (len(flags) == 2 and _alone(others, looked)):
        return None
    if any(label_name(name) == 1 and 1 < len({*looked.filled(name)}) <= 50 for name in others):
        return None
    free = COLUMN if COLUMN not in looked.table.columns else f"{COLUMN} (2)"
    where = f"in a column each ({', '.join(flags[:4])}{' …' if flags[4:] else ''})"
    return Form(free, lambda row: _marked(row, flags), where, tuple(flags), is_cell=False)


def _alone(others: Sequence[str], looked: Looked) -> bool:
    """Whether there are but texts and numbers of rows beside two columns."""
    return all(name in looked.texts or NO_CONTENT.search(name) for name in others)


def _is_flag(looked: Looked, name: str) -> bool:
    cells = {cell.strip().casefold() for cell in looked.filled(name)}
    empty = len(looked.filled(name)) < len(looked.table)
    return bool(cells & YES) and cells <= YES | NO and (bool(cells & NO) or empty)


def _is_no(looked: Looked, name: str) -> bool:
    cells = {cell.strip().casefold() for cell in looked.filled(name)}
    return bool(cells) and cells <= NO


def _marked(row: Row, flags: Sequence[str]) -> list[str]:
    return [name for name in flags if (row.get(name) or "").strip().casefold() in YES]


def unwrap(looked: Looked) -> Asked | None:
    """Columns in which every cell is a list of one text hold that text."""
    names = [name for name in looked.table.columns if _is_of_one(looked.filled(name))]

    def take(row: Record) -> Taken:
        found = {name: _listed(row.get(name) or "") for name in names}
        return Taken(
            [{**row, **{name: items[0] if items else None for name, items in found.items()}}]
        )

    return Asked(Shape(_TITLE, take), tuple(looked.table.columns)) if names else None


def _is_of_one(cells: Sequence[str]) -> bool:
    if not cells or any(cell.lstrip()[0] != "[" for cell in cells):
        return False
    return all((found := _listed(cell)) is not None and len(found) == 1 for cell in cells)
