"""Whether what only the user can say of a table has been said."""

from workbench.core.errors import WorkbenchError
from workbench.core.words import joined
from workbench.data.readers.table import Table

FIRST, EACH, SINGLE, WHOLE = "first", "each", "single", "whole"
ALL, OR_NONE = "several", "several-or-none"
"""All categories of a row are learned together; with the second, a row without any has none."""
OF_CATEGORIES = frozenset({FIRST, EACH, SINGLE, WHOLE, ALL, OR_NONE})
"""The choices that concern answers only: a file that has questions alone needs none of them."""


def is_open(table: Table) -> bool:
    """Whether there is a question without an answer."""
    return table.question is not None and not table.question.chosen


def for_sets(table: Table) -> str:
    """The choice by which all categories of a row are learned; empty where nothing is asked of them."""
    choices = table.question.choices if is_open(table) and table.question else ()
    return next((choice.name for choice in choices if choice.name in (ALL, OR_NONE)), "")


def check_answered(table: Table, given: str = "") -> None:
    """Refuse a table whose question is open.

    Args:
        given: the choice that was given, if it is none of the question's.

    Raises:
        WorkbenchError: with the question, its choices and how to give one.
    """
    if table.question is None or table.question.chosen:
        return
    wrong = f"There is no choice '{given}' for {table.name}. " if given else ""
    choices = joined([f"{choice.name} ({choice.title})" for choice in table.question.choices])
    raise WorkbenchError(
        f"{wrong}{table.name} has to be explained: {table.question.text} Choose with --choose NAME, "
        f"one of {choices}; or say with --task and --map which task it is and which column is what."
    )
