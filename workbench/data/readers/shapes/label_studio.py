"""Label Studio: tasks with their annotations; JSON, JSON-MIN, and what CSV has of the same."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from workbench.core.tasks import CLASSIFICATION
from workbench.data.readers.shapes import label_studio_result as results
from workbench.data.readers.shapes import spans
from workbench.data.readers.shapes.label_studio_result import SPANS, Answers
from workbench.data.readers.shapes.shape import Record, Shape, Taken, left_out
from workbench.data.readers.table import Meant

UNFINISHED = "not annotated yet"
CANCELLED = "skipped or cancelled by the annotator"
DISAGREED = "annotators who do not agree"
EMPTY = "annotation without an answer"
MEDIA = "annotation of a picture, a sound or a film"
_TITLE = "an export of Label Studio"
_BECAUSE = "this is an export of Label Studio"
_MINIMAL = {"annotator", "annotation_id", "created_at", "updated_at", "lead_time"}
_FILE = re.compile(
    r"(?i)(https?://|s3://|gs://|/data/)\S+\.(png|jpe?g|gif|webp|bmp|mp3|wav|ogg|mp4)"
)


def recognise(records: Sequence[Record], choice: str) -> Shape | None:
    """Tasks with `data` and `annotations`, or rows of JSON-MIN."""
    if all(isinstance(r.get("data"), dict) and _annotations(r) is not None for r in records):
        return _of_tasks(records)
    minimal = all(record.keys() >= {"annotation_id", "lead_time"} for record in records)
    return _of_rows(records) if minimal else None


def _annotations(task: Record) -> list[dict[str, Any]] | None:
    value = task.get("annotations", task.get("completions"))
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        return None
    return value


def _finished(task: Record) -> Iterator[dict[str, Any]]:
    for annotation in _annotations(task) or ():
        if not annotation.get("was_cancelled") and not annotation.get("skipped"):
            yield annotation


def _of_tasks(records: Sequence[Record]) -> Shape | None:
    controls = results.controls(
        result for task in records for each in _finished(task) for result in results.of(each)
    )
    text = _text_key(records, controls)
    if not text:
        return None
    answer = SPANS if controls.main in controls.spans else controls.column(controls.main, records)

    def take(task: Record) -> Taken:
        unused = list(_unused(task))
        data = {key: _as_text(value) for key, value in task["data"].items()}
        if not _annotations(task):
            return left_out(UNFINISHED, unused)
        finished = list(_finished(task))
        if not finished:
            return left_out(CANCELLED, unused)
        if _FILE.fullmatch(str(data.get(text, "")).strip()):
            return left_out(MEDIA, unused)
        found = [results.read(each, str(data.get(text) or ""), controls) for each in finished]
        agreed = _agreed(finished, found, controls.main)
        if isinstance(agreed, str):
            return left_out(agreed, unused)
        named = {controls.column(name, records): value for name, value in agreed.items()}
        return Taken([{**data, **named}], unused=[*unused, *_further(finished)])

    meant = results.meant(controls, text, answer, _BECAUSE)
    notes = (spans.note(),) if controls.main in controls.spans else ()
    return Shape(_TITLE, take, meant, notes, what="task")


def _further(finished: Sequence[Record]) -> list[str]:
    return ["annotations (further ones)"] if finished[1:] else []


def _agreed(
    finished: Sequence[Record], found: Sequence[Answers | None], main: str
) -> Answers | str:
    """The answers to be learned: the ground truth, else what most annotators say; or why none."""
    truth = [a for f, a in zip(finished, found, strict=True) if f.get("ground_truth") and a]
    given = [answers for answers in (truth or found) if answers]
    if not given:
        return EMPTY if None not in found else results.OUTSIDE
    counts = [(sum(other.get(main) == one.get(main) for other in given), one) for one in given]
    most, best = max(counts, key=lambda pair: pair[0])
    if any(count == most and one.get(main) != best.get(main) for count, one in counts):
        return DISAGREED
    return best


def _text_key(records: Sequence[Record], controls: results.Controls) -> str:
    """The part of `data` that was annotated: named so, else the one with the longest texts."""
    texts: dict[str, int] = {}
    for record in records:
        for key, value in record["data"].items():
            if isinstance(_as_text(value), str):
                texts[key] = texts.get(key, 0) + len(_as_text(value))
    named = [key for key in texts if key in controls.objects]
    return max(named or texts, key=lambda key: texts[key], default="")


def _as_text(value: Any) -> Any:
    """A text; turns of a dialogue, which are annotated as one, as lines."""
    if isinstance(value, list) and value and all(isinstance(turn, dict) for turn in value):
        lines = [(turn.get("author"), turn.get("text")) for turn in value]
        if all(isinstance(said, str) for _, said in lines):
            return "\n".join(f"{who}: {said}" if who else said for who, said in lines)
    return value


def _unused(task: Record) -> Iterator[str]:
    for key, value in task.items():
        if key not in ("data", "annotations", "completions") and value not in (None, "", [], {}):
            yield key
    for annotation in _annotations(task) or ():
        for key, value in annotation.items():
            if key not in ("result", "was_cancelled") and value not in (None, "", [], {}, False):
                yield f"annotations.{key}"


def _of_rows(records: Sequence[Record]) -> Shape:
    text = next((k for k in records[0] if _is_text(records, k) and k not in _MINIMAL), "text")
    marked = {k for r in records for k, v in r.items() if v and _marks(v) is not None}

    def take(row: Record) -> Taken:
        unused = [key for key in row if key in _MINIMAL and row[key] not in (None, "")]
        flat = {k: results.unwrapped(v) for k, v in row.items() if k not in _MINIMAL | marked}
        if not marked:
            return Taken([flat], unused=unused)
        places = [span for key in marked for span in _marks(row.get(key) or []) or ()]
        cell = spans.fields(str(row.get(text) or ""), places)
        if cell is None:
            return left_out(results.OUTSIDE, unused)
        return Taken([{**flat, SPANS: cell}], unused=unused)

    meant = spans.meant(text, "Label Studio") if marked else _of_chosen(records, text)
    return Shape(_TITLE, take, meant, (spans.note(),) if marked else (), what="annotation")


def _of_chosen(records: Sequence[Record], text: str) -> Meant | None:
    chosen = [k for r in records for k, v in r.items() if isinstance(v, Mapping) and "choices" in v]
    if not chosen:
        return None
    return Meant(CLASSIFICATION.name, {"text": text, "label": chosen[0]}, _BECAUSE)


def _is_text(records: Sequence[Record], key: str) -> bool:
    values = [record.get(key) for record in records]
    return all(isinstance(value, str) for value in values) and len(set(values)) > len(values) / 3


def _marks(value: Any) -> list[spans.Span] | None:
    return spans.spans_in(value) if isinstance(value, list) and value else None
