"""Texts with marked places: doccano, Prodigy, spaCy, LightTag and their kin."""

from collections.abc import Sequence

from workbench.data.readers.shapes import spans
from workbench.data.readers.shapes.answers import Verdict, judge
from workbench.data.readers.shapes.shape import Record, Shape, Taken, left_out

TEXTS = ("text", "data", "content", "sentence", "document", "example", "utterance", "query")
LISTS = ("label", "labels", "entities", "spans", "annotations", "ents", "annotation", "marks")
OUTSIDE = "mark at a place that its text does not have"
UNREAD = "marks in a form that is not known"
_MOST_OUTSIDE = 0.1


def recognise(records: Sequence[Record], choice: str) -> Shape | None:
    """Records with a text and a list of places in it."""
    for text in TEXTS:
        for marks in LISTS:
            if _fits(records, text, marks):
                return _shape(text, marks, judge(records))
    return None


def _fits(records: Sequence[Record], text: str, marks: str) -> bool:
    """Whether nearly all marks are places in their text, and there are some."""
    some = good = 0
    for record in records:
        words, value = record.get(text), record.get(marks)
        if value in (None, []):
            continue
        found = spans.spans_in(value)
        if not isinstance(words, str) or found is None:
            return False
        some += 1
        good += spans.fields(words, found) is not None
    return some > 0 and good >= (1 - _MOST_OUTSIDE) * some


def _shape(text: str, marks: str, verdict: Verdict | None) -> Shape:
    def take(record: Record) -> Taken:
        unused = [key for key in _beside(record, text, marks) if key in LISTS or key in _KNOWN]
        if verdict and (why := verdict.against(record)):
            return left_out(why, unused)
        words, found = record.get(text), spans.spans_in(record.get(marks) or [])
        if not isinstance(words, str) or not words.strip():
            return left_out("empty text", unused)
        if found is None:
            return left_out(UNREAD, unused)
        cell = spans.fields(words, found)
        if cell is None:
            return left_out(OUTSIDE, unused)
        more = {key: record[key] for key in _beside(record, text, marks) if key not in unused}
        return Taken([{text: words, spans.FIELDS: cell, **more}], unused=unused)

    program = verdict.program if verdict else "a program for annotation"
    return Shape(
        f"an export of {program}", take, spans.meant(text, program), (spans.note(),), what="text"
    )


_KNOWN = {"relations", "Comments", "comments", "tokens", "answer", "meta", "metadata", "_view_id"}
_KNOWN |= {"_input_hash", "_task_hash", "_session_id", "_annotator_id", "_timestamp", "versions"}


def _beside(record: Record, text: str, marks: str) -> list[str]:
    filled = (key for key, value in record.items() if value not in (None, "", [], {}))
    return [key for key in filled if key not in (text, marks, spans.FIELDS)]
