"""Usability of examples: what cannot be learned from is refused; the rest is measured."""

import statistics
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from workbench.core.errors import WorkbenchError
from workbench.core.tasks import Task
from workbench.core.words import joined, plural
from workbench.data.examples.examples import Examples
from workbench.data.examples.left_out import left_out, reasons

MIN_ROWS = 10
SHOWN_CATEGORIES = 12


def check_usable(task: Task, examples: Examples, name: str) -> None:
    """Refuse what nothing can be learned from.

    Raises:
        WorkbenchError: fewer than ten usable rows, one category only, or too few questions.
    """
    if len(examples) < MIN_ROWS:
        raise WorkbenchError(
            f"{name} has {plural(len(examples), 'usable row')}, but at least {MIN_ROWS} are needed "
            f"to learn from: add more rows{_because(examples.dropped)}."
        )
    if len(set(examples.keys)) < 3:
        raise WorkbenchError(
            f"The rows of {name} hold fewer than three different texts: choose the column in "
            "which every row says something else."
        )
    if task.answers_are_categories:
        labels = {label for label in examples.values["label"] if label}
        if len(labels) < 2:
            raise WorkbenchError(
                f"All rows of {name} are in one category, '{next(iter(labels))}': add rows of at "
                "least one other, or choose another column as the category."
            )


def check_out_of_scope(name: str, labels: Iterable[str]) -> None:
    """Refuse a category of texts that belong to none of the others where there is none of that name.

    Args:
        name: empty where none was chosen.
    """
    known = [f"'{label}'" for label in labels]
    if name and f"'{name}'" not in known:
        rest = len(known) - SHOWN_CATEGORIES
        shown = [*known[:SHOWN_CATEGORIES], *([f"{rest} more"] if rest > 0 else [])]
        have = f"it has {joined(shown)}" if known else "its rows have none"
        raise WorkbenchError(
            f"The data has no category '{name}' that could stand for none of the others: {have}."
        )


def _because(dropped: Mapping[str, list[int]]) -> str:
    if not dropped:
        return ""
    return f", or mend those that were left out ({reasons(left_out(dropped))})"


def report(task: Task, examples: Examples) -> dict[str, Any]:
    """What is kept with a version, as plain values: dropped, lengths, mean_chars, labels.

    `dropped` is as in `left_out`; `lengths` are characters; `labels` maps each category to its
    number of examples.
    """
    sizes = {role: _lengths(texts) for role, texts in examples.values.items()}
    facts: dict[str, Any] = {
        "dropped": left_out(examples.dropped),
        "lengths": sizes,
        "mean_chars": round(sum(size["mean"] for size in sizes.values()), 1),
    }
    if task.answers_are_categories:
        counts = Counter(label or "" for label in examples.values["label"])
        facts["labels"] = dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
    return facts


def _lengths(texts: Iterable[str | None]) -> dict[str, float]:
    counts = sorted(len(text or "") for text in texts)
    return {
        "mean": round(statistics.fmean(counts), 1),
        "median": statistics.median(counts),
        "p95": counts[int(0.95 * (len(counts) - 1))],
        "max": counts[-1],
    }
