"""What is to be said of tables in the forms that training programs use."""

from collections.abc import Sequence


def notes_on(columns: Sequence[str]) -> list[str]:
    """Sentences on columns that are read in a way one may not expect."""
    names = {column.casefold() for column in columns}
    if {"chosen", "rejected"} <= names:
        return [
            "These are pairs of a better and a worse answer: 'chosen' is taken for the answer; "
            "'rejected' stays in the table, and nothing is learned from it."
        ]
    return []
