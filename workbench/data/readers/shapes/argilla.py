"""Argilla: records with fields and responses; of these the submitted ones, never the suggestions."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from workbench.core.tasks import CLASSIFICATION, COMPLETION
from workbench.data.readers.shapes import spans
from workbench.data.readers.shapes.shape import Record, Shape, Taken, left_out
from workbench.data.readers.table import Meant

UNANSWERED = "no submitted response"
DISCARDED = "discarded by the annotator"
DISAGREED = "annotators who do not agree"
_TITLE = "an export of Argilla"
_BECAUSE = "this is an export of Argilla"


def recognise(records: Sequence[Record], choice: str) -> Shape | None:
    """Records of version 1 or 2, or of the version before."""
    if all(isinstance(r.get("fields"), dict) and "responses" in r for r in records):
        return _of_records(records)
    if all(record.keys() >= {"annotation", "annotation_agent", "status"} for record in records):
        return _of_old(records)
    return None


def _of_records(records: Sequence[Record]) -> Shape:
    kinds: dict[str, str] = {}
    for record in records:
        for question, value, _ in _responses(record):
            kinds.setdefault(question, _kind(value))
    text = _longest([record["fields"] for record in records])

    def take(record: Record) -> Taken:
        unused = [k for k, v in record.items() if k not in ("fields", "responses") and v]
        given = list(_responses(record))
        submitted = [each for each in given if each[2] not in ("draft", "discarded")]
        if not submitted:
            status = {each[2] for each in given} | {record.get("status")}
            return left_out(DISCARDED if "discarded" in status else UNANSWERED, unused)
        answers = {name: _agreed(submitted, name) for name in dict.fromkeys(q for q, *_ in given)}
        if None in answers.values():
            return left_out(DISAGREED, unused)
        return Taken([_row(record["fields"], answers, kinds, text)], unused=unused)

    return Shape(_TITLE, take, _meant(kinds, text), what="record")


def _row(
    fields: Record, answers: Mapping[str, Any], kinds: Mapping[str, str], text: str
) -> dict[str, Any]:
    row: dict[str, Any] = {
        key: value for key, value in fields.items() if isinstance(value, str | int | float)
    }
    for name, value in answers.items():
        if kinds.get(name) == "spans":
            found = spans.fields(str(fields.get(text) or ""), spans.spans_in(value) or [])
            row[spans.FIELDS] = found or {}
        else:
            row[_beside(name, fields)] = value
    return row


def _beside(name: str, fields: Record) -> str:
    return f"{name} (response)" if name in fields else name


def _responses(record: Record) -> Iterator[tuple[str, Any, str]]:
    """Question, value and status of each response, in the forms of both versions."""
    found = record.get("responses")
    if isinstance(found, dict):
        for question, given in found.items():
            for each in given if isinstance(given, list) else [given]:
                if isinstance(each, dict) and each.get("value") is not None:
                    yield question, each["value"], str(each.get("status") or "submitted")
        return
    for response in found or ():
        if not isinstance(response, dict):
            continue
        status = str(response.get("status") or "submitted")
        for question, value in (response.get("values") or {}).items():
            held = value.get("value") if isinstance(value, dict) else value
            if held is not None:
                yield question, held, status


def _kind(value: Any) -> str:
    if spans.spans_in(value) and value:
        return "spans"
    if isinstance(value, str):
        return "text" if len(value) > 60 else "label"
    return "rating" if isinstance(value, int | float) else "label"


def _agreed(given: Sequence[tuple[str, Any, str]], question: str) -> Any:
    """What most say; None if as many say something else."""
    values = [value for name, value, _ in given if name == question]
    counts = Counter(map(repr, values)).most_common(2)
    if not counts:
        return ""
    if len(counts) == 2 and counts[0][1] == counts[1][1]:
        return None
    return next(value for value in values if repr(value) == counts[0][0])


def _meant(kinds: Mapping[str, str], text: str) -> Meant | None:
    for kind in ("spans", "text", "label", "rating"):
        named = [name for name, found in kinds.items() if found == kind]
        if named and kind == "spans":
            return spans.meant(text, "Argilla")
        if named and kind == "text":
            return Meant(COMPLETION.name, {"prompt": text, "response": named[0]}, _BECAUSE)
        if named:
            return Meant(CLASSIFICATION.name, {"text": text, "label": named[0]}, _BECAUSE)
    return None


def _longest(fields: Sequence[Record]) -> str:
    lengths: Counter[str] = Counter()
    for each in fields:
        lengths.update({key: len(text) for key, text in each.items() if isinstance(text, str)})
    return lengths.most_common(1)[0][0] if lengths else "text"


def _of_old(records: Sequence[Record]) -> Shape:
    """Records of one text and one annotation, before version 1."""

    def take(record: Record) -> Taken:
        inputs = record.get("inputs")
        text = record.get("text") or (inputs.get("text") if isinstance(inputs, dict) else inputs)
        unused = [k for k, v in record.items() if v and k not in ("text", "inputs", "annotation")]
        value = record.get("annotation")
        if str(record.get("status")).lower() == "discarded":
            return left_out(DISCARDED, unused)
        if value in (None, [], ""):
            return left_out(UNANSWERED, unused)
        marks = spans.spans_in(value)
        if marks and isinstance(text, str):
            return Taken([{"text": text, spans.FIELDS: spans.fields(text, marks)}], unused=unused)
        return Taken([{"text": text, "annotation": value}], unused=unused)

    marked = any(spans.spans_in(record["annotation"] or []) for record in records)
    chosen = Meant(CLASSIFICATION.name, {"text": "text", "label": "annotation"}, _BECAUSE)
    return Shape(_TITLE, take, spans.meant("text", "Argilla") if marked else chosen, what="record")
