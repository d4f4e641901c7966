"""Tables as pandas and spreadsheet services write them into JSON: by columns, by rows, as lists."""

from collections.abc import Mapping, Sequence
from typing import Any

from workbench.data.readers.shapes.document import Opened
from workbench.data.readers.shapes.shape import Record, Shape, Taken, left_out
from workbench.data.readers.table import column_names
from workbench.data.readers.tables.header import find_header

_SPLIT = {"columns", "data"}
RAGGED = "another number of cells than the others"


def open_document(value: dict[str, Any], choice: str) -> Opened | None:
    """pandas' orients `split`, `columns` and `index`; cells of a sheet; parts of a set by name."""
    if value.keys() >= _SPLIT and value.keys() <= {*_SPLIT, "index", "index_names", "column_names"}:
        return _of_split(value)
    if isinstance(value.get("values"), list) and _are_lists(value["values"]):
        return Opened(value["values"])
    if len(value) > 1 and all(map(_is_part, value.items())):
        return Opened([row for part, rows in value.items() for row in _with_part(part, rows)])
    if len(value) > 1 and all(isinstance(each, dict) and each for each in value.values()):
        return _of_objects(value)
    return None


_PARTS = ("train", "test", "val", "dev", "eval", "oos", "heldout")


def _is_part(item: tuple[str, Any]) -> bool:
    """The training, practice or exam rows of a set."""
    name, rows = item
    is_list = isinstance(rows, list) and (not rows or isinstance(rows[0], dict) or _are_lists(rows))
    return name.lower().startswith(_PARTS) and is_list


def _with_part(part: str, rows: Sequence[Any]) -> list[dict[str, Any]]:
    """Rows with the name of their part, as the column `split`."""
    if rows and isinstance(rows[0], list):
        names = column_names([""] * max(map(len, rows)))
        rows = [dict(zip(names, row, strict=False)) for row in rows]
    return [{**row, "split": part} for row in rows if isinstance(row, dict)]


def _of_split(value: Mapping[str, Any]) -> Opened | None:
    names, rows = value["columns"], value["data"]
    if not isinstance(names, list) or not isinstance(rows, list) or not _are_lists(rows):
        return None
    titles = column_names([str(name) for name in names])
    return Opened([dict(zip(titles, row, strict=False)) for row in rows])


def _of_objects(value: Mapping[str, Mapping[str, Any]]) -> Opened | None:
    """An object of objects: whichever keys are fewer and come again are the columns."""
    inner = dict.fromkeys(key for each in value.values() for key in each)
    alike = sum(len(each) for each in value.values()) >= 0.7 * len(value) * len(inner)
    if not alike or any(isinstance(cell, dict) for e in value.values() for cell in e.values()):
        return None
    by_columns = _are_numbers(inner) or (len(inner) > len(value) and not _are_numbers(value))
    if by_columns:
        return Opened([{name: cells.get(row) for name, cells in value.items()} for row in inner])
    if _are_numbers(value):
        return Opened(list(value.values()))
    return Opened([{"index" if "index" not in inner else "key": k, **e} for k, e in value.items()])


def _are_numbers(keys: Mapping[str, Any]) -> bool:
    return all(key.isdecimal() for key in keys)


def _are_lists(rows: Sequence[Any]) -> bool:
    return bool(rows) and all(isinstance(row, list) and len(row) > 1 and _flat(row) for row in rows)


def _flat(row: Sequence[Any]) -> bool:
    return not any(isinstance(cell, list | dict) for cell in row)


def recognise_lists(rows: Sequence[Any], choice: str) -> Shape | None:
    """Rows of cells, with or without their names above (pandas' `values`)."""
    if not _are_lists(rows) or len({len(row) for row in rows}) > 1:
        return None
    width = len(rows[0])
    texts = [["" if cell is None else str(cell) for cell in row] for row in rows]
    header = rows[0] if find_header(texts) == 1 and all(isinstance(c, str) for c in rows[0]) else []
    names = column_names([*map(str, header)] or [""] * width)

    def take(row: Record) -> Taken:
        cells: Any = row
        if len(cells) != width:
            return left_out(RAGGED)
        if header and cells == header:
            return Taken()
        return Taken([dict(zip(names, cells, strict=True))])

    return Shape("a list of rows", take, of_lists=True)
