"""The list of all checks, and the score that their findings leave.

An import runs those of them, or as much of each, that it has time for (see `Check.at_import`): not
the search for texts that are nearly alike, for languages and for personal data.
"""

import dataclasses
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from workbench.core.tasks import Task
from workbench.core.words import OwnWords
from workbench.data.checkup import category_sets, numbers, preferences, tool_calls
from workbench.data.checkup.checks import (
    categories,
    contradictions,
    duplicates,
    export_artifacts,
    languages,
    leakage,
    left_out,
    lengths,
    model_marks,
    no_content,
    personal,
    repetition,
    too_few,
    ungrounded_fields,
)
from workbench.data.checkup.finding import Finding
from workbench.data.checkup.rows import CountTokens, Rows

Finder = Callable[[Rows], Finding | list[Finding] | None]


@dataclass(frozen=True)
class Check:
    """One way to look at examples."""

    look: Finder
    at_import: Finder | None = None
    """The same, or as much of it as takes hardly any time beside the reading of a file; None where
    that is nothing."""
    fits: Callable[[Task], bool] = lambda task: True
    """Whether it makes sense for a task."""
    sought: OwnWords = ""
    """What the import looks for with it, in a list of nouns."""


CHECKS = (
    Check(left_out.check, left_out.check, sought="rows that cannot be used"),
    Check(
        left_out.check_columns, left_out.check_columns, sought="answers that stand in the question"
    ),
    Check(duplicates.check),
    Check(leakage.check, leakage.check_same, sought="exam questions that are also learned"),
    Check(no_content.check, no_content.check_column, sought="columns without content"),
    Check(languages.check),
    Check(personal.check),
    Check(export_artifacts.check, export_artifacts.check_broken, sought="broken characters"),
    Check(model_marks.check, model_marks.check, sought="a model's own marks"),
    Check(too_few.check, too_few.check, sought="too few examples"),
    Check(
        contradictions.check,
        contradictions.check_same,
        lambda task: not (task.rows_are_documents or task.compares or task.answers_are_numbers),
        "different answers to the same question",
    ),
    Check(
        preferences.check,
        preferences.check,
        lambda task: task.compares,
        "pairs that say the opposite of each other, and answers that differ in length alone",
    ),
    Check(
        categories.check,
        categories.check,
        lambda task: task.answers_are_categories,
        "small and doubly spelled categories",
    ),
    Check(
        category_sets.check,
        category_sets.check,
        lambda task: task.answers_are_sets,
        "small categories and such as always come together",
    ),
    Check(
        tool_calls.check,
        tool_calls.check,
        lambda task: task.answers_are_free_text,
        "calls of tools that cannot be read",
    ),
    Check(
        numbers.check,
        numbers.check,
        lambda task: task.answers_are_numbers,
        "numbers far outside of the others",
    ),
    Check(repetition.check, fits=lambda task: task.answers_are_free_text),
    Check(ungrounded_fields.check, fits=lambda task: task.answers_are_json),
    Check(lengths.check, lengths.check_roughly, sought="very long texts"),
)


def checks_of(task: Task) -> list[Check]:
    """The checks that make sense for a task."""
    return [check for check in CHECKS if check.fits(task)]


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
    rows = dataclasses.replace(rows, count_tokens=count_tokens, max_tokens=max_tokens)
    return _run(rows, [check.look for check in checks_of(rows.task)])


def run_at_import(rows: Rows) -> list[Finding]:
    """What the quick ones of them find, the most harmful first."""
    return _run(rows, [check.at_import for check in checks_of(rows.task) if check.at_import])


def sought_at_import(task: Task) -> list[OwnWords]:
    """What the quick ones look for in examples of the task."""
    return [check.sought for check in checks_of(task) if check.at_import]


def _run(rows: Rows, looks: Sequence[Finder]) -> list[Finding]:
    part = _Part(rows.progress, len(looks))
    rows = dataclasses.replace(rows, progress=part)
    found: list[Finding] = []
    for number, look in enumerate(looks):
        part.done = number
        part(0.0)
        found += _as_list(look(rows))
    part.done = len(looks)
    part(0.0)
    return order_findings(found)


def _as_list(found: Finding | list[Finding] | None) -> list[Finding]:
    if found is None:
        return []
    return found if isinstance(found, list) else [found]


def order_findings(findings: Iterable[Finding]) -> list[Finding]:
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
