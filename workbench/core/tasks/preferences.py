"""Preferences: of two answers to the same question the better one becomes likelier.

It teaches manners, not facts: a model is moved towards answers like the better ones and away from
those like the worse ones (Rafailov et al. 2023, arXiv:2305.18290), starting from what it can do.
"""

from typing import Any

from workbench.core import feedback
from workbench.core.canonical import text_in
from workbench.core.chats import pairs
from workbench.core.chats.pairs import CHOSEN, PROMPT, REJECTED
from workbench.core.chats.seen import Seen
from workbench.core.tasks.task import Message, Row, Task, text_at


def _opening(row: Row) -> list[Message]:
    """The turns of the question; earlier answers are read, not learned."""
    return [
        {**turn, "learn": False} if turn["role"] == "assistant" else turn
        for turn in pairs.question_turns(str(row[PROMPT]))
    ]


def _question(row: Row) -> str:
    """The question; of several turns each with its speaker."""
    turns = _opening(row)
    if len(turns) == 1:
        return str(turns[0]["content"])
    return "\n".join(f"{turn['role']}: {turn['content']}" for turn in turns)


def _answer(row: Row) -> str | None:
    return text_at(row, CHOSEN)


def _record(row: Row, instruction: str) -> dict[str, Any]:
    """The row in the conversational preference format of TRL."""
    first = [{"role": "system", "content": instruction}] if instruction else []
    return {
        "prompt": [*first, *pairs.question_turns(str(row[PROMPT]))],
        "chosen": [{"role": "assistant", "content": row[CHOSEN]}],
        "rejected": [{"role": "assistant", "content": row[REJECTED]}],
    }


def _asked(cell: str) -> str:
    return pairs.question_in(cell, Seen())


def worse_of(row: Row) -> Row:
    """The row with its worse answer in the place of the better one."""
    return {**row, CHOSEN: row[REJECTED]}


def longer_of(row: Row) -> Row:
    """The row with the longer of both answers as the one that is learned."""
    return row if len(str(row[CHOSEN])) >= len(str(row[REJECTED])) else worse_of(row)


PREFERENCES = Task(
    name="preferences",
    title="Learn which answer is better",
    explanation=(
        "Each example is a question with a better and a worse answer. It teaches manners, not facts: "
        "best after a training that taught the answers."
    ),
    required=(PROMPT, CHOSEN, REJECTED),
    optional=("system", feedback.ROLE),
    learned=CHOSEN,
    role_titles={
        PROMPT: "Question (prompt)",
        CHOSEN: "Better answer (chosen)",
        REJECTED: "Worse answer (rejected)",
    },
    metric="preferred",
    scores=("preferred",),
    question=_question,
    answer=_answer,
    opening=_opening,
    record=_record,
    joiner=pairs.read,
    cleaners={"system": text_in},
    question_cleaners={PROMPT: _asked, "system": text_in},
    rejected=REJECTED,
    asks_about_texts=True,
    exam_noun="pair",
    answer_title="Better answer",
)
