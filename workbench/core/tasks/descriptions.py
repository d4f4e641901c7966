"""Descriptions of categories: what belongs into each, in a sentence; kept with a dataset version.

They stand in a version's mapping under `descriptions`, so a version that is returned to, exported
or backed up has its own.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from workbench.core.errors import WorkbenchError

KEY = "descriptions"
OUT_OF_SCOPE = "out_of_scope"
"""Under which a mapping names the category of texts that belong to none of the others."""
NAME_LIMIT, TEXT_LIMIT, MOST = 80, 500, 200


def descriptions_in(mapping: Mapping[str, Any]) -> dict[str, str]:
    """Category → description, of a version's mapping; empty where none were given."""
    found = mapping.get(KEY)
    return {str(k): str(v) for k, v in found.items()} if isinstance(found, Mapping) else {}


def checked(rows: Iterable[tuple[str, str]], *, least: int = 2) -> dict[str, str]:
    """The rows of an editor or a file as descriptions; rows that are wholly empty do not count.

    Args:
        rows: category and what belongs there.
        least: so many categories have to be described.

    Raises:
        WorkbenchError: a name or a sentence is missing, too long or said twice, or there are too few.
    """
    told: dict[str, str] = {}
    for number, (name, text) in enumerate(rows, start=1):
        name, text = " ".join(name.split()), " ".join(text.split())
        if not name and not text:
            continue
        _check(number, name, text, told)
        told[name] = text
    if len(told) < least:
        raise WorkbenchError(
            "At least two categories are needed, so that there is something to tell apart: "
            "describe another one."
        )
    if len(told) > MOST:
        raise WorkbenchError(f"There are {len(told)} categories: describe at most {MOST}.")
    return told


def _check(number: int, name: str, text: str, told: Mapping[str, str]) -> None:
    if not name:
        raise WorkbenchError(f"Row {number} has a description but no category: name it.")
    if not text:
        raise WorkbenchError(
            f"'{name}' has no description yet: say in a sentence what belongs there."
        )
    if len(name) > NAME_LIMIT:
        raise WorkbenchError(
            f"The category in row {number} has {len(name)} characters: shorten it to {NAME_LIMIT}."
        )
    if len(text) > TEXT_LIMIT:
        raise WorkbenchError(
            f"The description of '{name}' has {len(text)} characters: shorten it to {TEXT_LIMIT}."
        )
    if name.casefold() in map(str.casefold, told):
        raise WorkbenchError(f"'{name}' is described twice: keep one of the two rows.")
    if text.casefold() in map(str.casefold, told.values()):
        raise WorkbenchError(
            f"'{name}' has the same description as another category: say what is different."
        )
