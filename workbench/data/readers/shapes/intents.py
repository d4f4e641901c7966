"""Assistants' training data: intents with their phrases, or phrases with their intents.

Rasa, Dialogflow, LUIS and CLU, Amazon Lex, Alexa, Watson Assistant, Wit.ai, Snips, and the plain
intents with patterns.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from workbench.core.tasks import CLASSIFICATION
from workbench.data.readers.shapes import spans
from workbench.data.readers.shapes.document import Opened
from workbench.data.readers.shapes.shape import Record, Shape, Taken, left_out
from workbench.data.readers.table import Meant

_NAMES = ("intent", "name", "displayName", "tag", "category", "intentName")
_PHRASES = (
    "examples", "utterances", "samples", "sampleUtterances", "trainingPhrases", "userSays",
    "patterns", "phrases", "training_phrases", "training_examples",
)  # fmt: skip
_INSIDE = (
    (), ("nlu",), ("intents",), ("resource",), ("resource", "intents"), ("assets",),
    ("interactionModel", "languageModel"), ("interactionModel", "languageModel", "intents"),
    ("languageModel", "intents"), ("rasa_nlu_data", "common_examples"), ("utterances",),
    ("assets", "utterances"), ("common_examples",), ("workspace", "intents"),
)  # fmt: skip
"""Where programs keep their intents or phrases."""
_MEANT = Meant(
    CLASSIFICATION.name,
    {"text": "text", "label": "intent"},
    "these are the intents of an assistant, with the phrases for each",
)
_TITLE = "the training data of an assistant"
_LINE = re.compile(r"^\s*[-*] ?(.*)$")
_MARK = re.compile(r"\[([^\]\n]+)\](?:\(([^)\n]+)\)|(\{[^}\n]*\}))")


def open_document(value: dict[str, Any], choice: str) -> Opened | None:
    """The intents, or the phrases, in an object that is a whole file."""
    for path in _INSIDE:
        found: Any = value
        for key in path:
            found = found.get(key) if isinstance(found, dict) else None
        records = _records(found)
        if records and (shape := recognise(records, choice)):
            return Opened(records, shape, unused=_beside(value, path))
    return None


def _records(found: Any) -> list[Any]:
    """Intents in a list, alone, or by their names."""
    if isinstance(found, list):
        return found
    if not isinstance(found, dict):
        return []
    if _phrases_of(found) is not None and _name_of(found):
        return [found]
    if found and all(isinstance(v, dict) and _phrases_of(v) is not None for v in found.values()):
        return [{"name": name, **each} for name, each in found.items()]
    return []


def _beside(value: Mapping[str, Any], path: Sequence[str]) -> dict[str, int]:
    """What else stands in the file: stories, rules, lists of words …"""
    unused: dict[str, int] = {}
    within: Any = value
    for depth, key in enumerate(path):
        for other, item in within.items():
            if other != key and isinstance(item, list | dict) and item:
                unused[".".join([*path[:depth], other])] = len(item)
        within = within[key]
    return unused


def recognise(records: Sequence[Record], choice: str) -> Shape | None:
    """Intents that have phrases, or phrases of which each names its intent."""
    whole = [record for record in records if isinstance(record, dict)]
    intents = [record for record in whole if _phrases_of(record) is not None and _name_of(record)]
    if intents and all(map(_is_part, whole)):
        return Shape(_TITLE, _take_intent, _MEANT, several=True, what="part")
    if whole and all(_is_phrase(record) for record in whole) and _has_marks(whole):
        return Shape(_TITLE, _take_phrase, _MEANT, what="phrase")
    return None


_BESIDE = {"synonym", "regex", "lookup"}


def _is_part(record: Record) -> bool:
    """An intent, or a list of words that Rasa keeps among them."""
    return bool(record.keys() & _BESIDE) or bool(_name_of(record) and record.keys() & {*_PHRASES})


def _name_of(record: Record) -> str:
    return next((str(record[k]) for k in _NAMES if isinstance(record.get(k), str)), "")


def _phrases_of(record: Record) -> list[Any] | None:
    for key in _PHRASES:
        found = record.get(key)
        if isinstance(found, str):  # Rasa writes them as one text
            return [m[1] for line in found.splitlines() if (m := _LINE.match(line))] or None
        if isinstance(found, list) and all(map(_is_text_or_parts, found)):
            return found
    return None


def _is_text_or_parts(value: Any) -> bool:
    if isinstance(value, dict):
        return bool(value.keys() & {"text", "utterance", "parts", "data"})
    return isinstance(value, str)


def _take_intent(intent: Record) -> Taken:
    name, used = _name_of(intent), {*_NAMES, *_PHRASES}
    unused = [key for key, value in intent.items() if key not in used and value]
    other = next((kind for kind in _BESIDE if kind in intent), "")
    if other:
        return left_out(f"list of words ({other}), not an intent", unused)
    phrases = [_read(phrase) for phrase in _phrases_of(intent) or ()]
    rows = [_row(text, name, marks) for text, marks in phrases if text.strip()]
    return Taken(rows, unused=unused) if rows else left_out("intent without phrases", unused)


def _row(text: str, name: str, marks: list[spans.Span]) -> dict[str, Any]:
    row: dict[str, Any] = {"text": text.strip(), "intent": name}
    lead = len(text) - len(text.lstrip())
    moved = [spans.Span(each.name, each.start - lead, each.end - lead) for each in marks]
    found = spans.fields(row["text"], moved) if moved else None
    return {**row, spans.FIELDS: found} if found else row


def _read(phrase: Any) -> tuple[str, list[spans.Span]]:
    """A phrase as text, and the places in it that name something."""
    if isinstance(phrase, str):
        return _unmarked(phrase)
    parts = phrase.get("parts") or phrase.get("data")
    if not isinstance(parts, list):
        text = str(phrase.get("text") or phrase.get("utterance") or "").strip("\n")
        listed = _LINE.match(text)
        return _unmarked(listed[1] if listed and text.startswith("- ") else text)
    text, marks = "", []
    for part in parts:
        piece = str(part.get("text", "")) if isinstance(part, dict) else ""
        name = _part_name(part) if piece else ""
        if name:
            marks.append(spans.Span(name, len(text), len(text) + len(piece)))
        text += piece
    return text, marks


def _part_name(part: Record) -> str:
    names = ("alias", "parameterId", "slot_name", "entity")
    return next((str(part[key]) for key in names if part.get(key)), "")


def _unmarked(phrase: str) -> tuple[str, list[spans.Span]]:
    """Without Rasa's marks: [Cork](city), [Cork]{"entity": "city"}."""
    text, marks, end = "", list[spans.Span](), 0
    for match in _MARK.finditer(phrase):
        name = match[2].split(":")[0] if match[2] else _entity(match[3])
        if not name:
            continue
        text += phrase[end : match.start()]
        marks.append(spans.Span(name, len(text), len(text) + len(match[1])))
        text, end = text + match[1], match.end()
    return text + phrase[end:], marks


def _entity(text: str) -> str:
    try:
        value = json.loads(text)
    except ValueError:
        return ""
    return str(value.get("entity") or "") if isinstance(value, dict) else ""


_ASKED = ("text", "utterance", "query")
_INTENT = ("intent", "intentName", "category")


def _is_phrase(record: Record) -> bool:
    text = any(isinstance(record.get(key), str) for key in _ASKED)
    return text and any(isinstance(record.get(key), str) for key in _INTENT)


def _has_marks(records: Sequence[Record]) -> bool:
    """A list of places in each: without one it is a plain table."""
    return all(isinstance(record.get("entities"), list) for record in records)


def _take_phrase(phrase: Record) -> Taken:
    text = next((phrase[key] for key in _ASKED if isinstance(phrase.get(key), str)), "")
    name = next((phrase[key] for key in _INTENT if isinstance(phrase.get(key), str)), "")
    used = {*_ASKED, *_INTENT, "entities"}
    unused = [key for key, value in phrase.items() if key not in used and value]
    if not text.strip() or not name:
        return left_out("phrase without a text or an intent", unused)
    marks = list(_places(phrase.get("entities") or ()))
    if len(marks) < len(phrase.get("entities") or ()):
        unused.append("entities")
    return Taken([_row(text, name, marks)], unused=unused)


def _places(entities: Sequence[Any]) -> Iterator[spans.Span]:
    """LUIS counts to the last character, the others to the one behind it."""
    for entity in entities:
        if not isinstance(entity, Mapping):
            continue
        last = entity.get("endPos")
        if isinstance(last, int) and isinstance(entity.get("startPos"), int):
            entity = {**entity, "start": entity["startPos"], "end": last + 1}
        yield from spans.spans_in([entity]) or ()
