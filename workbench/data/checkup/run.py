"""All checks of the texts, by task, and the score that their findings leave."""

import dataclasses
import math
from collections.abc import Callable, Iterable, Sequence

from workbench.core.tasks import TASKS, Task
from workbench.data.checkup.checks import (
    amount,
    categories,
    contradictions,
    debris,
    duplicates,
    junk,
    languages,
    leakage,
    lengths,
    personal,
    repetition,
    unsaid,
)
from workbench.data.checkup.checks.lengths import CountTokens
from workbench.data.checkup.finding import Finding
from workbench.data.checkup.rows import Rows

Check = Callable[[Rows], Finding | list[Finding] | None]
_TEXTS: tuple[Check, ...] = (
    duplicates.check,
    leakage.check,
    junk.check,
    languages.check,
    personal.check,
    debris.check,
    amount.check,
)


def _checks_of(task: Task) -> tuple[Check, ...]:
    answers = () if task.rows_are_documents else (contradictions.check,)
    names = (categories.check,) if task.answers_are_categories else ()
    words = (repetition.check,) if task.answers_are_free_text else ()
    fields = (unsaid.check,) if task.answers_are_json else ()
    return (*_TEXTS, *answers, *names, *words, *fields)


CHECKS = {name: _checks_of(task) for name, task in TASKS.items()}
"""Task → the checks that make sense for it; the length needs a tokenizer and stands apart."""


class _Part:
    """Tells of the whole way how far a part of it has come."""

    def __init__(self, progress: Callable[[float], None], parts: int) -> None:
        self._progress, self._parts, self.done = progress, parts, 0

    def __call__(self, share: float) -> None:
        self._progress((self.done + min(1.0, share)) / self._parts)


def run(
    rows: Rows, count_tokens: CountTokens | None = None, max_tokens: int | None = None
) -> list[Finding]:
    """What all checks of the task find, the most harmful first.

    Args:
        rows: the examples; their `progress` is told the share of all checks that is done.
        count_tokens: counts the tokens of texts as the chosen model does.
        max_tokens: how many tokens an example may have; without both, lengths are not looked at.
    """
    checks = list(CHECKS[rows.task.name])
    if count_tokens and max_tokens:
        counter, most = count_tokens, max_tokens
        checks.append(lambda rows: lengths.check(rows, counter, most))
    part = _Part(rows.progress, len(checks))
    rows = dataclasses.replace(rows, progress=part)
    found: list[Finding] = []
    for number, check in enumerate(checks):
        part.done = number
        part(0.0)
        found += _listed(check(rows))
    part.done = len(checks)
    part(0.0)
    return ordered(found)


def _listed(found: Finding | list[Finding] | None) -> list[Finding]:
    if found is None:
        return []
    return found if isinstance(found, list) else [found]


def ordered(findings: Iterable[Finding]) -> list[Finding]:
    """The most harmful first."""
    return sorted(findings, key=lambda finding: (-finding.harm, finding.kind))


def score(findings: Sequence[Finding]) -> int:
    """The state of health, 0 to 100.

    Each finding leaves the share 1 - harm of what the others left: two findings of harm 0.5 leave
    25. So the order does not matter, nothing falls below 0, and many small things add up. Only
    what nothing is wrong with has 100.
    """
    left = 100 * math.prod(1 - finding.harm for finding in findings)
    return min(99, round(left)) if any(finding.harm > 0 for finding in findings) else round(left)
