"""Words and their tags in two lists of a record, as sets for named entities have them."""

import re
from collections.abc import Sequence
from typing import Any

from workbench.data.readers.shapes import spans
from workbench.data.readers.shapes.shape import Record, Shape, Taken, left_out
from workbench.data.readers.tables.tagged import sentence_of

UNEQUAL = "as many tags as words are not there"
_WORDS = ("tokens", "words")
_TAGS = ("ner_tags", "tags", "labels", "ner", "iob_tags", "bio_tags", "entities")
_TAG = re.compile(r"O|[BIESLU][-_]\S+")


def recognise(records: Sequence[Record], choice: str) -> Shape | None:
    """Records with a list of words and one of tags (B-CITY, O)."""
    for words in _WORDS:
        for tags in _TAGS:
            if all(_is_tagged(record.get(words), record.get(tags)) for record in records):
                return _shape(words, tags)
    return None


def _is_tagged(words: Any, tags: Any) -> bool:
    if not isinstance(words, list) or not isinstance(tags, list) or len(words) != len(tags):
        return False
    return all(isinstance(tag, str) and _TAG.fullmatch(tag) for tag in tags)


def _shape(words: str, tags: str) -> Shape:
    def take(record: Record) -> Taken:
        unused = [key for key, value in record.items() if value and key not in (words, tags)]
        if not _is_tagged(record.get(words), record.get(tags)):
            return left_out(UNEQUAL, unused)
        pairs = [(str(w), t) for w, t in zip(record[words], record[tags], strict=True) if str(w)]
        text, found = sentence_of(pairs)
        return Taken([{"text": text, spans.FIELDS: found}], unused=unused)

    meant = spans.meant("text", "somebody")
    return Shape("a set of words with tags", take, meant, (spans.note("tag"),), what="sentence")
