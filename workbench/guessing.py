"""Guesses from names and content what a table is for and which column plays which role."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from workbench.errors import WorkbenchError
from workbench.readers.table import Table
from workbench.structured import parsed
from workbench.tasks import Task, task_named

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
        "assistant highlights respuesta reponse headline fields json result"
    ),
    "messages": "messages conversations conversation dialog dialogue chat turns thread",
    "system": "system system_prompt system_message systemprompt",
}
_NAMES = {role: names.split() for role, names in _USUAL.items()}
"""Usual names of the columns of each role, the most telling first."""
_NO_CONTENT = re.compile(r"(^|[ _.])(id|uuid|index|nr|no|url|link|date|time|file|path)$", re.I)
_NUMBER = re.compile(r"[-+]?[\d.,]+")


@dataclass(frozen=True)
class TaskGuess:
    """What the table seems to be for, and why."""

    task: str
    reason: str


@dataclass(frozen=True)
class _Column:
    """What a column looks like, from its first rows."""

    name: str
    filled: float
    distinct: int
    distinct_share: float
    mean_chars: float
    numeric: float
    conversations: float
    objects: float


def guess_task(table: Table) -> TaskGuess:
    """The task that fits best: a conversation, fields, replies, categories or mere text."""
    columns = _columns(table)
    for task, guess in (
        ("chat", _chat),
        ("extraction", _extraction),
        ("completion", _completion),
        ("classification", _classification),
    ):
        if reason := guess(columns):
            return TaskGuess(task, reason)
    return TaskGuess("language-modelling", "there is only text, without categories or answers")


def guess_roles(table: Table, task_name: str) -> dict[str, str]:
    """A column (or template) for each role of the task; a role without a fitting one is left out."""
    task = task_named(task_name)
    columns = _columns(table)
    roles: dict[str, str] = {}
    for role in _order(task, columns):
        ranked = _ranked(columns, task, role, taken=_used(roles))
        if ranked:
            roles[role] = ranked[0]
    if task.name == "completion":
        roles |= _with_input(columns, roles)
    for role in task.optional:
        named = [column for column in columns if _name_score(column.name, role) == 1]
        if named:
            roles[role] = named[0].name
    return {role: roles[role] for role in (*task.required, *task.optional) if role in roles}


def guessed(table: Table, task_name: str) -> dict[str, str]:
    """Like `guess_roles`, for callers that cannot ask.

    Raises:
        WorkbenchError: a needed role fits no column.
    """
    roles = guess_roles(table, task_name)
    for role in task_named(task_name).required:
        if role not in roles:
            raise WorkbenchError(
                f"Which of the {len(table.columns)} columns of {table.name} is the {role} cannot "
                f"be told from names and content: say which one it is ({role}=COLUMN)."
            )
    return roles


def candidates(table: Table, task_name: str, role: str) -> list[str]:
    """All columns, those that fit the role best first."""
    columns = _columns(table)
    fitting = _ranked(columns, task_named(task_name), role, taken=set())
    return [*fitting, *(c.name for c in columns if c.name not in fitting)]


def _order(task: Task, columns: list[_Column]) -> list[str]:
    """The surest role first, since a column that it takes is gone for the others."""
    named = {r: max((_name_rank(c.name, r) for c in columns), default=0) for r in task.required}
    learned_first = named[task.learned] > 0 or task.learned == "label"
    return sorted(task.required, key=lambda role: (role == task.learned) != learned_first)


def _used(roles: dict[str, str]) -> set[str]:
    return set(roles.values())


def _columns(table: Table) -> list[_Column]:
    """A look at some rows from all over the table, which may well be sorted by category."""
    step = max(1, len(table) // _LOOKED_AT)
    some = pa.array(range(0, len(table), step))
    return [_look(name, table.data.column(name), some) for name in table.columns]


def _look(name: str, column: pa.ChunkedArray, some: pa.Array) -> _Column:
    cells: list[str | None] = column.take(some).to_pylist()
    distinct = int(pc.count_distinct(column, mode="only_valid").as_py())
    texts = [cell.strip() for cell in cells if cell and cell.strip()]
    count = len(texts) or 1
    values = [parsed(text) if text[0] in "[{" else None for text in texts[:50]]
    return _Column(
        name,
        len(texts) / (len(cells) or 1),
        distinct,
        distinct / max(1, len(column) - column.null_count),
        sum(map(len, texts)) / count,
        _share(texts, (_NUMBER.fullmatch(text) for text in texts)),
        _share(values, (_is_conversation(value) for value in values)),
        _share(values, (isinstance(value, dict) for value in values)),
    )


def _share(items: list[object] | list[str], hits: Iterable[object]) -> float:
    return sum(1 for hit in hits if hit) / (len(items) or 1)


def _is_conversation(value: object) -> bool:
    if isinstance(value, dict):
        value = value.get("messages") or value.get("conversations")
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(turn, dict) and ({"role", "from"} & turn.keys()) for turn in value)
    )


def _name_score(name: str, role: str) -> float:
    """1 for a usual name of the role, less for one that only contains it, 0 for any other."""
    plain = name.rsplit(".", 1)[-1].strip().lower().replace(" ", "_")
    if plain in _NAMES[role]:
        return 1.0
    words = set(re.split(r"[^a-zäöüß]+", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()))
    return 0.6 if words & set(_NAMES[role]) else 0.0


def _name_rank(name: str, role: str) -> float:
    """Between equally usual names the list decides: an intent is finer than a category."""
    plain = name.rsplit(".", 1)[-1].strip().lower().replace(" ", "_")
    names = _NAMES[role]
    return 1 - names.index(plain) / len(names) if plain in names else 0.0


def _chat(columns: list[_Column]) -> str:
    found = next((c for c in columns if c.conversations > 0.8), None)
    return f"'{found.name}' holds whole conversations" if found else ""


def _extraction(columns: list[_Column]) -> str:
    fields = [c for c in columns if c.objects > 0.8 and not _NO_CONTENT.search(c.name)]
    answered = any(_name_rank(c.name, "response") > 0.3 and c.objects < 0.5 for c in columns)
    texts = [c for c in columns if c.objects < 0.5 and _is_prose(c)]
    if not fields or not texts or (answered and _completion(columns)):
        return ""
    return f"'{fields[0].name}' holds named fields (JSON) for each text"


def _completion(columns: list[_Column]) -> str:
    """Two texts of their own in each row, one of them named like an answer."""
    answers = [
        c for c in columns if _name_score(c.name, "response") and _is_prose(c) and not c.objects
    ]
    for answer in answers:
        if any(c is not answer and _is_question(c) for c in columns):
            return f"'{answer.name}' holds a text of its own in each row"
    prose = [c for c in columns if _is_prose(c) and c.mean_chars > 40]
    if len(prose) >= 2 and not any(_is_label(c) and _name_score(c.name, "label") for c in columns):
        return f"'{prose[0].name}' and '{prose[1].name}' both hold longer texts"
    return ""


def _classification(columns: list[_Column]) -> str:
    texts = [c for c in columns if _is_question(c)]
    labels = sorted(
        (c for c in columns if _is_label(c)), key=lambda c: -_name_score(c.name, "label")
    )
    if not texts or not labels or (len(labels) == 1 and labels[0] is texts[0] and len(texts) == 1):
        return ""
    label = labels[0]
    if label.distinct == 1:
        return f"'{label.name}' is named like a category"
    return f"'{label.name}' holds {label.distinct:,} values that come again and again"


def _is_prose(column: _Column) -> bool:
    return (
        column.filled > 0.5
        and column.numeric < 0.5
        and column.mean_chars >= 15
        and column.distinct_share > 0.3
        and not _NO_CONTENT.search(column.name)
    )


def _is_question(column: _Column) -> bool:
    return (
        column.filled > 0.3
        and column.numeric < 0.5
        and column.mean_chars >= 5
        and column.distinct_share > 0.3
        and not column.objects
        and not _NO_CONTENT.search(column.name)
    )


def _is_label(column: _Column) -> bool:
    return (
        column.filled > 0.5
        and column.distinct >= (1 if _name_rank(column.name, "label") > 0.7 else 2)
        and column.distinct_share <= (0.9 if _name_score(column.name, "label") else 0.6)
        and column.mean_chars <= 60
        and not _NO_CONTENT.search(column.name)
    )


def _ranked(columns: list[_Column], task: Task, role: str, taken: set[str]) -> list[str]:
    scored = [(_fit(column, task, role), column) for column in columns if column.name not in taken]
    fitting = [(score, column) for score, column in scored if score > 0]
    return [column.name for _, column in sorted(fitting, key=lambda pair: -pair[0])]


def _fit(column: _Column, task: Task, role: str) -> float:
    """How well the column fits the role; 0 if not at all."""
    named = _name_score(column.name, role) * 2 + _name_rank(column.name, role)
    if role == "messages":
        return named + 4 if column.conversations > 0.5 else 0.0
    if role == "label":
        return named + 1 - column.distinct_share if _is_label(column) else 0.0
    if role == "response" and task.name == "extraction":
        return named + 4 if column.objects > 0.5 else 0.0
    if role == "system":
        return named
    if column.objects > 0.5 or column.conversations > 0.5 or column.numeric > 0.5:
        return 0.0
    if column.filled < 0.1 or (_NO_CONTENT.search(column.name) and not named):
        return 0.0
    if not named and column.distinct_share < 0.3 and role != "response":
        return 0.0
    looks = min(1.0, column.mean_chars / 200) + column.distinct_share * 0.5
    return (named + looks) * column.filled


def _with_input(columns: list[_Column], roles: dict[str, str]) -> dict[str, str]:
    """An instruction and its input are woven into one prompt, as the Alpaca format means them."""
    names = {column.name.rsplit(".", 1)[-1].lower(): column.name for column in columns}
    instruction, extra = names.get("instruction"), names.get("input") or names.get("context")
    if not instruction or not extra or roles.get("response") in (None, extra, instruction):
        return {}
    return {"prompt": f"{{{instruction}}}\n\n{{{extra}}}"}
