"""What the columns of a table look like, by their names and the content of some rows."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from workbench.core.canonical import parsed
from workbench.core.chats import finished
from workbench.core.chats.items import is_conversation
from workbench.core.chats.speakers import ASSISTANT, role_of, speaker_in
from workbench.data.readers import dates
from workbench.data.readers.table import Table

_LOOKED_AT = 400
_USUAL = {
    "text": (
        "text receipt_text utterance email e-mail mail message sentence review comment query "
        "document body content transcript ticket request description question input prompt chq "
        "title subject nachricht beschreibung texto texte"
    ),
    "label": (
        "label intent category class sentiment topic tag target kategorie department priority "
        "type rating stars status group queue categoria categorie"
    ),
    "prompt": (
        "prompt instruction question input email e-mail mail message query request utterance "
        "customer_message chq article document source text ticket user frage anfrage pregunta "
        "context description body"
    ),
    "response": (
        "response reply answer completion output summary target rewrite translation antwort "
        "assistant highlights respuesta reponse headline fields json result chosen chosen_response"
    ),
    "chosen": (
        "chosen chosen_response response_chosen answer_chosen preferred preferred_output better "
        "better_answer better_response preferred_answer preferred_response good_answer winner"
    ),
    "rejected": (
        "rejected rejected_response response_rejected answer_rejected non_preferred_output "
        "non_preferred dispreferred worse worse_answer worse_response bad_answer loser"
    ),
    "messages": (
        "messages conversations conversation dialog dialogue chat turns thread contents history "
        "utterances"
    ),
    "system": (
        "system system_prompt system_message systemprompt systeminstruction system_instruction"
    ),
    "feedback": (
        "feedback kto_tag thumbs thumb thumbs_up vote votes rating score liked like is_good is_liked "
        "helpful is_helpful desirable is_desirable accepted is_accepted approved correct is_correct "
        "quality verdict preference reward label"
    ),
}
_NAMES = {role: names.split() for role, names in _USUAL.items()}
"""Usual names of the columns of each role, the most telling first."""
NO_CONTENT = re.compile(
    r"(^|[ _.])(id|uuid|index|nr|no|url|link|date|time|file|path|rejected\w*|non_preferred\w*)$",
    re.IGNORECASE,
)
REMARKS = re.compile(r"(^|[ _.])(meta|metadata|info|source|attrs|attributes)($|\.)", re.IGNORECASE)
"""What is noted about a row rather than what it says."""
_AMOUNT = re.compile(
    r"[-+(]?(?:[$€£¥] ?[-+(]?|[A-Z]{3} )?\d[\d.,:/' ]*(?:[eE][-+]?\d+)? ?"
    r"(?:[%‰$€£¥]|[A-Za-z]{1,3}\b\.?)?\)?|[-+]?[\d.,]+"
)
"""A number as tables show it: 12, 1,234.50 €, 15 %, ($3.00), 36:05, 2 1/2, 1.2E+04, 4 kg."""
_PROBED = 50
_FEW = 3


@dataclass(frozen=True)
class Column:
    """What a column looks like, from its first rows."""

    name: str
    filled: float
    distinct: int
    distinct_share: float
    mean_chars: float
    numeric: float
    """Share of the cells that are numbers or amounts."""
    dated: float
    """Share of the cells, of some, that are dates."""
    conversations: float
    objects: float
    finished: float
    """Share of the texts that are finished prompts, with the marks of a model between the turns."""
    unanswered: float
    """Share of the texts that are finished prompts up to where the answer is to be written."""
    answers_only: float
    """Share of the values that are turns of which none asks."""
    few: tuple[str, ...]
    """Its different values, where there are no more than `_FEW`."""


def look_at(table: Table) -> list[Column]:
    """A look at some rows from all over the table, which may well be sorted by category."""
    step = max(1, len(table) // _LOOKED_AT)
    some = pa.array(range(0, len(table), step))
    return [_look(name, table.data.column(name), some) for name in table.columns]


def _look(name: str, column: pa.ChunkedArray, some: pa.Array) -> Column:
    cells: list[str | None] = column.take(some).to_pylist()
    distinct = int(pc.count_distinct(column, mode="only_valid").as_py())
    texts = [cell.strip() for cell in cells if cell and cell.strip()]
    count, probe = len(texts) or 1, texts[:: len(texts) // _PROBED + 1]
    values = [parsed(text) if text[0] in "[{" else None for text in texts[:50]]
    prompts = [finished.read(text) for text in texts[:50]]
    return Column(
        name,
        len(texts) / (len(cells) or 1),
        distinct,
        distinct / max(1, len(column) - column.null_count),
        sum(map(len, texts)) / count,
        _share(texts, (_AMOUNT.fullmatch(text) for text in texts)),
        _share(probe, (moment is not None for moment in dates.seconds(probe))),
        _share(values, (is_conversation(value, named=_is_talk(name)) for value in values)),
        _share(values, (isinstance(value, dict) for value in values)),
        _share(prompts, (prompt is not None for prompt in prompts)),
        _share(prompts, (prompt is not None and prompt.is_open for prompt in prompts)),
        _share(values, (_asks_nothing(value) for value in values)),
        tuple(pc.unique(column.drop_null()).to_pylist()) if distinct <= _FEW else (),
    )


def _share(items: Sequence[object], hits: Iterable[object]) -> float:
    return sum(1 for hit in hits if hit) / (len(items) or 1)


def _is_talk(name: str) -> bool:
    """Whether a column is called like a conversation."""
    return name_score(name, "messages") > 0


def _asks_nothing(value: object) -> bool:
    turns = [value] if isinstance(value, dict) else value
    return (
        isinstance(turns, list)
        and bool(turns)
        and all(isinstance(turn, dict) and role_of(speaker_in(turn)) == ASSISTANT for turn in turns)
    )


def name_score(name: str, role: str) -> float:
    """1 for a usual name of the role, less for one that only contains it, 0 for any other."""
    plain = name.rsplit(".", 1)[-1].strip().lower().replace(" ", "_")
    if plain in _NAMES[role]:
        return 1.0
    words = set(re.split(r"[^a-zäöüß]+", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()))
    return 0.6 if words & set(_NAMES[role]) else 0.0


def name_rank(name: str, role: str) -> float:
    """Between equally usual names the list decides: an intent is finer than a category."""
    plain = name.rsplit(".", 1)[-1].strip().lower().replace(" ", "_")
    names = _NAMES[role]
    return 1 - names.index(plain) / len(names) if plain in names else 0.0


def is_measured(column: Column) -> bool:
    """Whether a column holds amounts or dates rather than texts."""
    return column.numeric >= 0.5 or column.dated > 0.8


def is_prose(column: Column) -> bool:
    return (
        column.filled > 0.5
        and not is_measured(column)
        and column.mean_chars >= 15
        and column.distinct_share > 0.3
        and not NO_CONTENT.search(column.name)
    )


def is_question(column: Column) -> bool:
    return (
        column.filled > 0.3
        and not is_measured(column)
        and column.mean_chars >= 5
        and column.distinct_share > 0.3
        and not column.objects
        and not NO_CONTENT.search(column.name)
    )


def is_label(column: Column) -> bool:
    return (
        column.filled > 0.5
        and column.distinct >= (1 if name_rank(column.name, "label") > 0.7 else 2)
        and column.distinct_share <= (0.9 if name_score(column.name, "label") else 0.6)
        and column.mean_chars <= 60
        and column.dated <= 0.8
        and not NO_CONTENT.search(column.name)
    )
