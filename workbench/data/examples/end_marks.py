"""End marks: what people write behind each question, and each answer, for a program to see the end.

OpenAI's older fine-tuning had prompts that end with `###` or `->` and completions that end with `END`
or `###`. Models here have marks of their own, so these go.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from workbench.core.tasks import Task

_NEARLY_ALL = 0.95
_ASKED = re.compile(r"\s*(?:(?:^|\n|\s)(#{3,}|-{1,2}>|={2,3}>|\[SEP\])|(?<=\S)(->))\s*$")
_TOLD = re.compile(
    r"\s*(?:(?<=\s)|(?<=[.!?]))(#{3,}|END|<END>|\[END\]|STOP|<STOP>|<\|endoftext\|>)\s*$"
)
Texts = Mapping[str, list[str | None]]


def without_end_marks(task: Task, texts: Texts) -> tuple[dict[str, list[str | None]], list[str]]:
    """Role → the text of every row without the mark at its end, and what to say of it.

    A mark is taken off only where nearly all questions end with it, and one of the answers only
    where the questions have one, too.
    """
    changed, notes = dict(texts), list[str]()
    asked, told = task.question_role, task.learned
    if task.rows_are_documents or task.rows_are_conversations or task.compares:
        return changed, notes
    if asked not in texts:
        return changed, notes
    mark = _mark(texts[asked], _ASKED)
    if not mark:
        return changed, notes
    changed[asked] = _cut(texts[asked], _ASKED, mark)
    notes.append(f"The mark '{mark}' at the end of the questions is taken off.")
    if told in texts and (end := _mark(texts[told], _TOLD)):
        changed[told] = _cut(texts[told], _TOLD, end)
        notes.append(f"The mark '{end}' at the end of the answers is taken off.")
    return changed, notes


def _mark(texts: Sequence[str | None], pattern: re.Pattern[str]) -> str:
    """The mark that nearly all texts end with; empty if there is none."""
    filled = [text for text in texts if text and text.strip()]
    found = Counter(_at_end(text, pattern) for text in filled)
    mark, count = max(found.items(), key=lambda item: item[1], default=("", 0))
    return mark if filled and count >= _NEARLY_ALL * len(filled) else ""


def _at_end(text: str, pattern: re.Pattern[str]) -> str:
    match = pattern.search(text[-40:])
    return next(filter(None, match.groups()), "") if match else ""


def _cut(texts: Sequence[str | None], pattern: re.Pattern[str], mark: str) -> list[str | None]:
    return [
        text.rstrip().removesuffix(mark).rstrip()
        if text and _at_end(text, pattern) == mark
        else text
        for text in texts
    ]
