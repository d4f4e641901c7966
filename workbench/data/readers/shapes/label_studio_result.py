"""What one annotation of Label Studio says: its results, control by control."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workbench.core.tasks import CLASSIFICATION, COMPLETION
from workbench.data.readers.shapes import spans
from workbench.data.readers.shapes.shape import Record
from workbench.data.readers.table import Meant

SPANS = spans.FIELDS
OUTSIDE = "mark at a place that its text does not have"
_TASKS = {
    "choices": CLASSIFICATION.name,
    "taxonomy": CLASSIFICATION.name,
    "rating": CLASSIFICATION.name,
    "number": CLASSIFICATION.name,
    "pairwise": CLASSIFICATION.name,
    "textarea": COMPLETION.name,
}
_SPANS = ("labels", "hypertextlabels", "paragraphlabels")
_ORDER = ("choices", "taxonomy", *_SPANS, "textarea", "rating", "pairwise", "number")
_ROLES = {CLASSIFICATION.name: ("text", "label"), COMPLETION.name: ("prompt", "response")}
Answers = dict[str, Any]
"""Control → what was answered."""


@dataclass(frozen=True)
class Controls:
    """What annotators were asked, as far as it concerns texts."""

    kinds: Mapping[str, str]
    """Name of a control → its kind; all controls of places count as one, `SPANS`."""
    spans: frozenset[str]
    main: str
    objects: frozenset[str]
    """What was annotated."""

    def column(self, name: str, tasks: Sequence[Record]) -> str:
        """The column of a control's answers; its name may be one of the data's."""
        taken = any(name in task["data"] for task in tasks)
        return f"{name} (annotation)" if taken else name


def of(annotation: Record) -> list[dict[str, Any]]:
    """The results of an annotation."""
    found = annotation.get("result")
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def controls(found: Iterable[Record]) -> Controls:
    """What was asked, and what of it most."""
    counts: Counter[str] = Counter()
    kinds: dict[str, str] = {}
    objects = set()
    for result in found:
        kind, name = str(result.get("type")), str(result.get("from_name"))
        if kind in _ORDER:
            name = SPANS if kind in _SPANS else name
            kinds[name] = kind
            counts[name] += 1
            objects.add(str(result.get("to_name")))
    main = min(kinds, key=lambda name: (_ORDER.index(kinds[name]), -counts[name]), default="")
    return Controls(kinds, frozenset({SPANS} & kinds.keys()), main, frozenset(objects))


def meant(asked: Controls, text: str, answer: str, because: str) -> Meant | None:
    """What a file with these controls is for."""
    if asked.main in asked.spans:
        return spans.meant(text, "Label Studio")
    task = _TASKS.get(asked.kinds.get(asked.main, ""))
    if task is None:
        return None
    return Meant(task, dict(zip(_ROLES[task], (text, answer), strict=True)), because)


def read(annotation: Record, text: str, asked: Controls) -> Answers | None:
    """The answers of an annotation; None if a mark lies outside the text."""
    answers: dict[str, list[Any]] = {}
    places: list[spans.Span] = []
    for result in of(annotation):
        kind, value = str(result.get("type")), result.get("value")
        if not isinstance(value, Mapping):
            continue
        if kind in _SPANS:
            places += _places(value, kind, text)
        elif kind in _TASKS:
            answers.setdefault(str(result.get("from_name")), []).extend(_values(value, kind))
    found = {name: values[0] if len(values) == 1 else values for name, values in answers.items()}
    if not asked.spans:
        return found
    cell = spans.fields(text, places)
    return None if cell is None else {**found, SPANS: cell}


def _places(value: Mapping[str, Any], kind: str, text: str) -> list[spans.Span]:
    whole = value.get("globalOffsets")
    at = whole if isinstance(whole, Mapping) else value
    found = spans.spans_in([{**at, "labels": value.get(kind, value.get("labels"))}])
    if found is None:
        return [spans.Span("?", -1, -1)]
    return found


def _values(value: Mapping[str, Any], kind: str) -> list[Any]:
    found = value.get("selected" if kind == "pairwise" else "text" if kind == "textarea" else kind)
    if kind == "taxonomy":
        return [" / ".join(map(str, path)) for path in found or () if isinstance(path, list)]
    if isinstance(found, list):
        return [each for each in found if each not in (None, "")]
    return [] if found is None else [str(found)]


def unwrapped(value: Any) -> Any:
    """A cell of JSON-MIN: several choices stand in an object."""
    if isinstance(value, Mapping) and isinstance(value.get("choices"), list):
        found = value["choices"]
        return found[0] if len(found) == 1 else found
    if isinstance(value, list) and value and all(map(_is_path, value)):
        found = [" / ".join(map(str, each["taxonomy"][0])) for each in value]
        return found[0] if len(found) == 1 else found
    return value


def _is_path(value: Any) -> bool:
    return isinstance(value, Mapping) and bool(value.get("taxonomy"))
