"""What is to be said of tables in the forms that training programs use."""

from collections.abc import Sequence

from workbench.core.words import joined


def notes_on(columns: Sequence[str]) -> list[str]:
    """Sentences on columns that are read in a way one may not expect."""
    names = {column.casefold() for column in columns}
    if {"chosen", "rejected"} <= names:
        return [
            "These are pairs of a better and a worse answer: 'chosen' is taken for the answer; "
            "'rejected' stays in the table, and nothing is learned from it."
        ]
    rejected = [
        column for column in columns if column.casefold().startswith(("rejected", "non_preferred"))
    ]
    if rejected:
        named = joined([f"'{column}'" for column in rejected])
        return [f"{named} is not used: rejected answers are never taught."]
    return []
