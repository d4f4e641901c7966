"""Answers that were judged one by one (KTO's form), made pairs where a question has both kinds."""

from collections import defaultdict
from collections.abc import Mapping

from workbench.core import feedback
from workbench.core.chats.pairs import CHOSEN, PROMPT, REJECTED
from workbench.core.tasks import Task

Cells = dict[str, list[str | None]]
"""Role → the text of every row."""
PUT_BESIDE = "answer that now stands beside the other one of its question"
ALONE = "answer whose question has none of the other kind, so that nothing can be compared"
UNCLEAR = "feedback that is neither good nor bad"


def are_such(task: Task, roles: Mapping[str, str]) -> bool:
    """Whether a table has one answer a row, and a column that says whether it is good."""
    return task.compares and feedback.ROLE in roles and roles[CHOSEN] == roles[REJECTED]


def paired(cells: Cells) -> tuple[Cells, dict[int, str]]:
    """The cells with a better and a worse answer in a row, and index → why a row is no pair.

    Of good and bad answers to a question those of the larger number keep their rows, and each has
    one of the others beside it, in turn; so each answer is in one pair at least.
    """
    found = {role: list(texts) for role, texts in cells.items()}
    why: dict[int, str] = {}
    of_question: dict[str, dict[bool, list[int]]] = defaultdict(lambda: {True: [], False: []})
    for row, (asked, verdict) in enumerate(zip(cells[PROMPT], cells[feedback.ROLE], strict=True)):
        good = feedback.is_good(verdict or "")
        if good is None:
            why[row] = UNCLEAR
        else:
            of_question[" ".join((asked or "").split())][good].append(row)
    for rows in of_question.values():
        if not rows[True] or not rows[False]:
            why |= dict.fromkeys(rows[True] + rows[False], ALONE)
            continue
        kept = len(rows[True]) >= len(rows[False])
        for place, row in enumerate(rows[kept]):
            other = rows[not kept][place % len(rows[not kept])]
            pair = (row, other) if kept else (other, row)
            found[CHOSEN][row], found[REJECTED][row] = (cells[CHOSEN][one] for one in pair)
        why |= dict.fromkeys(rows[not kept], PUT_BESIDE)
    return found, why
