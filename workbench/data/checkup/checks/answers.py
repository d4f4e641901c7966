"""How much two answers have in common."""

import json
from collections.abc import Iterable

from workbench.core.canonical import parsed
from workbench.core.messages import is_learned
from workbench.data.checkup.rows import Rows

LIKE, UNLIKE = 0.9, 0.5
"""The share of characters from which answers say the same, and below which they do not."""


def similarity(first: str, second: str) -> float:
    """The share of characters that two texts share in their order, 0 to 1; capitals do not count."""
    from rapidfuzz.distance import Indel

    return Indel.normalized_similarity(first.casefold(), second.casefold())


def answers_of(rows: Rows) -> list[str]:
    """What the model is to give, row by row; of a conversation the answers that are learned."""
    if not rows.task.rows_are_conversations:
        return rows.answers()
    return [*answers_in(rows, range(len(rows))).values()]


def answers_in(rows: Rows, some: Iterable[int]) -> dict[int, str]:
    """What the model is to give in some of the rows, by index."""
    if not rows.task.rows_are_conversations:
        answers = rows.answers()
        return {row: answers[row] for row in some}
    return {row: _assistant_text(rows.values[rows.task.learned][row]) for row in some}


def _assistant_text(messages: str) -> str:
    turns = parsed(messages)
    return "\n".join(turn["content"] for turn in turns if is_learned(turn))


def same_answers(rows: Rows, answers: list[str], first: int, second: int) -> bool:
    """Whether two rows give the same; fields must be alike but for spaces and capitals."""
    if answers[first] == answers[second]:
        return True
    if rows.task.answers_are_json:
        return same_fields(answers[first]) == same_fields(answers[second])
    return similarity(answers[first], answers[second]) >= LIKE


def same_fields(answer: str) -> str:
    """The same for fields that differ in their order, in spaces and in capitals only."""
    try:
        fields = json.loads(answer)
    except (ValueError, RecursionError):
        fields = answer
    return "".join(json.dumps(fields, sort_keys=True, ensure_ascii=False).split()).casefold()
