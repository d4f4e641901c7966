"""One answer out of those to the parts of a long text, field by field."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from workbench.core.fields.field import Fields, is_nothing, written


def joined_answer(
    fields: Fields, answers: Sequence[str], sure: Sequence[Mapping[str, float]]
) -> tuple[str, dict[str, int]]:
    """The answer, as JSON, and of which part each of its fields comes, counted from 0.

    A list has the items of all parts, each once. Of other values the one counts that the model was
    surest of, the first of several; a group that lacks something has it from the next part that
    has it.

    Args:
        answers: JSON objects, in the order of the parts.
        sure: of each part, field → how sure the model was of its value, 0 to 1.
    """
    parts = [_object(answer) for answer in answers]
    names = list(dict.fromkeys([f.name for f in fields] + [n for part in parts for n in part]))
    lists = {field.name for field in fields if field.is_list}
    made: dict[str, Any] = {}
    of_part: dict[str, int] = {}
    for name in names:
        told = [place for place, part in enumerate(parts) if not is_nothing(part.get(name))]
        told.sort(key=lambda place: -sure[place].get(name, 0.0))
        values = [parts[place][name] for place in told]
        if not told:
            empty = [part[name] for part in parts if name in part]
            made |= {name: empty[0]} if empty else {}
            continue
        of_part[name] = told[0]
        if name in lists or all(isinstance(value, list) for value in values):
            made[name] = _united([parts[place][name] for place in sorted(told)])
        else:
            made[name] = _filled(values)
    return json.dumps(made, ensure_ascii=False), of_part


def _object(answer: str) -> dict[str, Any]:
    try:
        found = json.loads(answer)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _united(lists: Sequence[Any]) -> list[Any]:
    items = [item for one in lists for item in (one if isinstance(one, list) else [one])]
    return list({written(item): item for item in items}.values())


def _filled(values: Sequence[Any]) -> Any:
    """The first value; a group with what it lacks from the others."""
    first = values[0]
    if not isinstance(first, dict):
        return first
    others = [value for value in values[1:] if isinstance(value, dict)]
    made = dict(first)
    for name in dict.fromkeys(
        name for value in values if isinstance(value, dict) for name in value
    ):
        own = [v[name] for v in [first, *others] if not is_nothing(v.get(name))]
        if own:
            made[name] = _filled(own)
    return made
