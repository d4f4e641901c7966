"""Sets of categories as texts: how several categories of one text are written, read and compared."""

import re
from collections.abc import Iterable, Sequence

from workbench.core.canonical import parsed
from workbench.core.cells import FORMULA_ERROR
from workbench.core.chats.unreadable import Unreadable

NONE = "none of them"
"""How it is written that no category holds."""
SEPARATOR = "; "
SEPARATORS = (";", "|", "\n", ",")
"""What may stand between the categories of a cell; the first that it has is taken."""
NOTHING = frozenset({NONE, "none", "[]", "-", "–", "keine"})
"""What stands alone in a cell that has none."""
_STOPS = "[]().:'\" "


def written(categories: Iterable[str]) -> str:
    """A set as one text: its categories in alphabetical order, each once."""
    names = sorted({name for name in map(tidy, categories) if name and not is_none(name)})
    return SEPARATOR.join(names) or NONE


def categories_in(text: str) -> list[str]:
    """The categories in a text that `written` made; none where it says that none holds."""
    return [] if is_none(text) else [name for name in text.split(SEPARATOR) if name]


def is_none(text: str) -> bool:
    """Whether a text says that no category holds."""
    return not text.strip() or tidy(text).casefold() == NONE


def tidy(name: str) -> str:
    """A category's name on one line, without what parts it from others."""
    return " ".join(name.replace(";", ",").split())


def canonical(cell: str) -> str:
    """A cell with categories as `written` has them: a JSON list, or names between separators.

    Raises:
        Unreadable: it holds a formula's error, or a list of something else.
    """
    return written(in_cell(cell))


def in_cell(cell: str) -> list[str]:
    """The categories in a cell of the user's.

    Raises:
        Unreadable: it holds a formula's error, or a list of something else.
    """
    if FORMULA_ERROR.fullmatch(cell.strip()):
        raise Unreadable("a formula's error (#N/A) in place of the categories")
    found = parsed(cell) if cell.lstrip()[:1] == "[" else None
    if isinstance(found, list):
        if not all(isinstance(item, str | int | float) for item in found):
            raise Unreadable("a list of something else than categories")
        return [str(item) for item in found]
    if cell.strip().casefold() in NOTHING:
        return []
    separator = next((one for one in SEPARATORS if one in cell.strip()), None)
    return cell.split(separator) if separator else [cell]


def known_in(text: str, labels: Sequence[str]) -> tuple[str, list[str]]:
    """What a model wrote, as a set of known categories; and what it named that nobody knows.

    Names count whatever their capitals; what stands behind a category's last word (a full stop) does
    not.

    Args:
        labels: the categories that there are.
    """
    places = {tidy(label).casefold(): label for label in labels}
    text = text.strip()
    whole = text if text.startswith("[") else re.sub(r"\s*\n\s*", SEPARATOR, text)
    known, strange = [], []
    for part in _parts(whole, places):
        if own := _own(part, places):
            known.append(own)
        elif not is_none(part.strip(_STOPS)) and part.strip(_STOPS):
            strange.append(tidy(part).strip(_STOPS))
    return written(known), strange


def _own(part: str, places: dict[str, str]) -> str | None:
    name = tidy(part).casefold()
    return places.get(name) or places.get(name.strip(_STOPS))


def _parts(text: str, places: dict[str, str]) -> list[str]:
    """The names in a model's text; at commas only what is no category as it stands."""
    if _own(text, places):
        return [text]
    try:
        named = in_cell(text)
    except Unreadable:
        return [text]
    if not named:
        return []
    found = []
    for part in named if ";" in text or "|" in text or text[:1] == "[" else [text]:
        found += [part] if _own(part, places) else part.split(",")
    return found


def right_in(expected: str, given: str) -> int:
    """How many categories of two sets are the same."""
    return len({*categories_in(expected)} & {*categories_in(given)})


def f1_of(expected: str, given: str) -> float:
    """F1 of one set, 0 to 1; 1 where both are empty."""
    both = len(categories_in(expected)) + len(categories_in(given))
    return 2 * right_in(expected, given) / both if both else 1.0


def labels_in(sets: Iterable[str]) -> list[str]:
    """All categories of some sets, sorted."""
    return sorted({name for text in sets for name in categories_in(text)})
