"""Usability of examples: what cannot be learned from is refused; the rest is measured."""

import statistics
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from workbench.core.errors import WorkbenchError
from workbench.core.tasks import Task
from workbench.core.tasks.category_sets import categories_in, labels_in
from workbench.core.words import joined, plural
from workbench.data.examples import numbers
from workbench.data.examples.examples import Examples
from workbench.data.examples.left_out import left_out, reasons

MIN_ROWS = 10
SHOWN_CATEGORIES = 12
_YES_OR_NO = frozenset({"yes", "no", "true", "false", "0", "1", "x", "ja", "nein", "y", "n"})


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
    if task.answers_are_numbers:
        numbers.check_different(examples.values[task.learned], name)
    if task.answers_are_sets:
        _check_sets(examples, name)
    if task.answers_are_categories:
        labels = {label for label in examples.values["label"] if label}
        if len(labels) < 2:
            raise WorkbenchError(
                f"All rows of {name} are in one category, '{next(iter(labels))}': add rows of at "
                "least one other, or choose another column as the category."
            )


def _check_sets(examples: Examples, name: str) -> None:
    sets = {label for label in examples.values["label"] if label}
    if {label.casefold() for label in labels_in(sets)} <= _YES_OR_NO:
        raise WorkbenchError(
            f"The categories of {name} are nothing but yes and no: choose the column that names them; "
            "of a table with a column a category, leave only those and the text."
        )
    if len(labels_in(sets)) < 2 or len(sets) < 2:
        raise WorkbenchError(
            f"The rows of {name} have fewer than two categories, or all of them the same ones: add "
            "rows with others, or choose another column for the categories."
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
    if task.answers_are_numbers:
        facts[numbers.KEY] = numbers.facts(examples.values[task.learned])
    if task.has_categories:
        counts = Counter(_named(task, examples))
        facts["labels"] = dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
    return facts


def _named(task: Task, examples: Examples) -> Iterable[str]:
    """The category of each example; where it may have several, all of them."""
    for label in examples.values["label"]:
        yield from categories_in(label or "") if task.answers_are_sets else [label or ""]


def _lengths(texts: Iterable[str | None]) -> dict[str, float]:
    counts = sorted(len(text or "") for text in texts)
    return {
        "mean": round(statistics.fmean(counts), 1),
        "median": statistics.median(counts),
        "p95": counts[int(0.95 * (len(counts) - 1))],
        "max": counts[-1],
    }
