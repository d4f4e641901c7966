"""What is to be said of tables in the forms that training programs use."""

from collections.abc import Sequence

from workbench.core.words import joined


def notes_on(columns: Sequence[str]) -> list[str]:
    """Sentences on columns that are read in a way one may not expect."""
    names = {column.casefold() for column in columns}
    if {"chosen", "rejected"} <= names:
        return [
            "These are pairs of a better and a worse answer: 'Learn which answer is better' learns from "
            "both; for every other task 'chosen' is taken for the answer, and nothing is learned from "
            "'rejected'."
        ]
    rejected = [
        column for column in columns if column.casefold().startswith(("rejected", "non_preferred"))
    ]
    if rejected:
        named = joined([f"'{column}'" for column in rejected])
        return [
            f"{named} is used by 'Learn which answer is better' alone: rejected answers are never taught."
        ]
    return []
