"""doccano's older exports of categories and of texts; its marks are in `marked`."""

from collections.abc import Callable, Sequence

from workbench.core.tasks import CLASSIFICATION, COMPLETION
from workbench.data.readers.shapes.shape import Record, Shape, Taken, left_out
from workbench.data.readers.table import Meant

UNANNOTATED = "not annotated"
_BECAUSE = "this is an export of doccano"
_NUMBERS = "This export has the numbers of the categories: their names are in doccano's settings."


def recognise(records: Sequence[Record], choice: str) -> Shape | None:
    """Texts with `annotations` that say who (`user`) chose which label, or wrote which text."""
    if not all(map(_is_one, records)):
        return None
    given = [each for record in records for each in record["annotations"]]
    for key, task, roles in (
        ("label", CLASSIFICATION, {"text": "text", "label": "label"}),
        ("text", COMPLETION, {"prompt": "text", "response": "answer"}),
    ):
        if given and all(key in each for each in given):
            meant = Meant(task.name, roles, _BECAUSE)
            notes = (_NUMBERS,) if any(isinstance(each[key], int) for each in given) else ()
            return Shape("an export of doccano", _taker(key, roles), meant, notes, what="text")
    return None


def _is_one(record: Record) -> bool:
    given = record.get("annotations")
    is_list = isinstance(given, list) and all(isinstance(each, dict) for each in given)
    return is_list and isinstance(record.get("text"), str) and all("user" in e for e in given or ())


def _taker(key: str, roles: dict[str, str]) -> Callable[[Record], Taken]:
    answer = list(roles.values())[1]

    def take(record: Record) -> Taken:
        unused = [k for k, v in record.items() if v and k not in ("text", "annotations")]
        given = record["annotations"] if _is_one(record) else []
        found = list(dict.fromkeys(str(each[key]) for each in given if each.get(key) is not None))
        if not found:
            return left_out(UNANNOTATED, unused)
        one = found[0] if len(found) == 1 or key == "text" else found
        unused += ["annotations (further ones)"] if key == "text" and found[1:] else []
        return Taken([{"text": record["text"], answer: one}], unused=unused)

    return take
