"""Annotation platforms that keep a text and what was said of it deep inside a record: Ground Truth
of SageMaker, Vertex AI, Kili, Labelbox, UBIAI, Potato; and pairs of a text and its places (spaCy)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from workbench.core.tasks import CLASSIFICATION
from workbench.data.readers.shapes import spans
from workbench.data.readers.shapes.document import Opened
from workbench.data.readers.shapes.shape import Record, Shape, Taken, left_out
from workbench.data.readers.table import Meant

UNANNOTATED = "not annotated"
OUTSIDE = "mark at a place that its text does not have"
_Found = tuple[str, list[str], list[spans.Span]]
"""A text, its categories, and the places that were marked in it."""
_Find = Callable[[Record], _Found]


def recognise(records: Sequence[Record], choice: str) -> Shape | None:
    """Records of one of these platforms."""
    for program, is_one, find in _PROGRAMS:
        if all(map(_safely(is_one, False), records)):
            return _shape(program, _safely(find, ("", [], [])), records)
    return None


def recognise_pairs(records: Sequence[Any], choice: str) -> Shape | None:
    """Lists of a text and an object with places in it, as spaCy's older examples are."""
    if not all(map(_is_pair, records)):
        return None
    return _shape("spaCy", _pair, records, of_lists=True)


def _shape(
    program: str, find: Callable[[Any], _Found], records: Sequence[Any], *, of_lists: bool = False
) -> Shape:
    marked = any(find(record)[2] for record in records)

    def take(record: Record) -> Taken:
        text, names, places = find(record)
        unused = [] if of_lists else [key for key, value in record.items() if value]
        unused = [key for key in unused if not _is_used(key)]
        cell = spans.fields(text, places)
        if cell is None:
            return left_out(OUTSIDE, unused)
        if not text.strip() or not (names or marked):
            return left_out(UNANNOTATED, unused)
        row: dict[str, Any] = {"text": text}
        row |= {spans.FIELDS: cell} if marked else {}
        row |= {"label": names[0] if len(names) == 1 else names} if names else {}
        return Taken([row], unused=unused)

    because = f"this is an export of {program}"
    chosen = Meant(CLASSIFICATION.name, {"text": "text", "label": "label"}, because)
    meant = spans.meant("text", program) if marked else chosen
    notes = (spans.note(),) if marked else ()
    return Shape(
        f"an export of {program}", take, meant, notes, of_lists=of_lists, what="text"
    )  # fmt: skip


_HOLDERS = {
    "source", "textContent", "content", "labels", "data_row", "projects", "document", "tokens",
    "displayed_text", "label_annotations", "span_annotations", "classificationAnnotation",
    "textSegmentAnnotations", "classificationAnnotations",
}  # fmt: skip


def _is_used(key: str) -> bool:
    return key in _HOLDERS or key.endswith("-metadata")


def open_document(value: dict[str, Any], choice: str) -> Opened | None:
    """Pairs below a list of the names (NER Annotator)."""
    pairs = value.get("annotations")
    if not isinstance(pairs, list) or value.keys() - {"classes", "annotations"}:
        return None
    records = [pair for pair in pairs if pair is not None]
    return Opened(records) if records and all(map(_is_pair, records)) else None


def _is_pair(value: Any) -> bool:
    if not isinstance(value, list) or len(value) < 2 or not isinstance(value[0], str):
        return False
    about = value[1]
    return isinstance(about, dict) and spans.spans_in(about.get("entities")) is not None


def _pair(record: Any) -> _Found:
    if not _is_pair(record):
        return "", [], []
    return record[0], [], spans.spans_in(record[1]["entities"]) or []


def _is_ground_truth(record: Record) -> bool:
    return isinstance(record.get("source"), str) and any(_jobs(record))


def _jobs(record: Record) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for key, value in record.items():
        if key.endswith("-metadata") and "groundtruth/" in str(value.get("type")):
            yield key.removesuffix("-metadata"), value


def _ground_truth(record: Record) -> _Found:
    names: list[str] = []
    places: list[spans.Span] = []
    for job, about in _jobs(record):
        if "class-name" in about:
            names.append(str(about["class-name"]))
        names += [str(name) for name in (about.get("class-map") or {}).values()]
        found = record.get(job)
        marks = found["annotations"]["entities"] if isinstance(found, dict) else []
        places += spans.spans_in(marks) or []
    return record["source"], names, places


def _is_vertex(record: Record) -> bool:
    keys = {"textSegmentAnnotations", "classificationAnnotation", "classificationAnnotations"}
    return isinstance(record.get("textContent"), str) and bool(record.keys() & keys)


def _vertex(record: Record) -> _Found:
    one = record.get("classificationAnnotation")
    several = record.get("classificationAnnotations") or ([one] if one else [])
    places = spans.spans_in(record.get("textSegmentAnnotations") or []) or []
    return record["textContent"], [each["displayName"] for each in several], places


def _is_kili(record: Record) -> bool:
    answers = [label for label in record["labels"] if "jsonResponse" in label]
    return isinstance(record.get("content"), str) and bool(answers or not record["labels"])


def _kili(record: Record) -> _Found:
    latest = [each for each in record["labels"] if each.get("isLatestLabelForUser", True)]
    given = [each for each in latest if each.get("labelType", "DEFAULT") in ("DEFAULT", "REVIEW")]
    answer = given[-1]["jsonResponse"] if given else {}
    names, places = [], []
    for job in answer.values():
        names += [each["name"] for each in job.get("categories") or ()]
        for mark in job.get("annotations") or ():
            begin = mark.get("beginOffset", -1)
            end = begin + len(mark.get("content", ""))
            places += [spans.Span(each["name"], begin, end) for each in mark["categories"]]
    return record["content"], names, places


def _is_labelbox(record: Record) -> bool:
    return "row_data" in record["data_row"] and isinstance(record.get("projects"), dict)


def _labelbox(record: Record) -> _Found:
    names, places = [], []
    labels = [each for about in record["projects"].values() for each in about.get("labels") or ()]
    for label in labels[:1]:
        found = label["annotations"]
        for each in found.get("classifications") or ():
            answers = [each.get("radio_answer"), *(each.get("checklist_answers") or ())]
            names += [answer["name"] for answer in answers if answer]
        for mark in found.get("objects") or ():
            at = mark["location"]  # its end is the last character
            places.append(spans.Span(mark["name"], at["start"], at["end"] + 1))
    return str(record["data_row"]["row_data"]), names, places


def _is_ubiai(record: Record) -> bool:
    return isinstance(record.get("document"), str) and all(
        "entityLabel" in t for t in record["tokens"]
    )


def _ubiai(record: Record) -> _Found:
    text = record["document"]
    marks = [spans.Span(t["entityLabel"], t["start"], t["end"]) for t in record["tokens"]]
    return text, [], marks


def _is_potato(record: Record) -> bool:
    text = record.get("displayed_text")
    return isinstance(text, str) and isinstance(record.get("label_annotations"), dict)


def _potato(record: Record) -> _Found:
    names = [
        name
        for answers in record["label_annotations"].values()
        for name, on in answers.items()
        if on
    ]
    marks = record.get("span_annotations") or []
    named = [{**mark, "label": mark.get("annotation") or mark.get("label")} for mark in marks]
    return record["displayed_text"], names, spans.spans_in(named) or []


def _safely(function: Callable[[Record], Any], otherwise: Any) -> Callable[[Record], Any]:
    """Otherwise, where a record is not what its keys promise."""

    def found(record: Record) -> Any:
        try:
            return function(record)
        except (AttributeError, IndexError, KeyError, TypeError):
            return otherwise

    return found


_PROGRAMS: tuple[tuple[str, Callable[[Record], bool], _Find], ...] = (
    ("SageMaker Ground Truth", _is_ground_truth, _ground_truth),
    ("Vertex AI", _is_vertex, _vertex),
    ("Kili", _is_kili, _kili),
    ("Labelbox", _is_labelbox, _labelbox),
    ("UBIAI", _is_ubiai, _ubiai),
    ("Potato", _is_potato, _potato),
)
