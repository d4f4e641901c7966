"""Whether a table has a text and, much shorter, what it says: then summaries may be what is meant."""

from workbench.core.tasks import SUMMARIZATION
from workbench.data.columns.columns import Column, is_prose, look_at
from workbench.data.columns.guessing import guess_roles
from workbench.data.readers.table import Table

LONG_CHARS = 200
"""A text that is worth being said in short has so many characters on average."""
SHARE = 0.5
"""A short text has at most this share of them."""


def reason(table: Table) -> str:
    """Why the table may be for summaries; empty where nothing speaks for it."""
    columns = {column.name: column for column in look_at(table)}
    roles = guess_roles(table, SUMMARIZATION.name)
    text, short = (columns.get(roles.get(role, "")) for role in SUMMARIZATION.required)
    if text is None or short is None or not _shortens(text, short):
        return ""
    times = round(text.mean_chars / short.mean_chars)
    return f"'{short.name}' is about {times} times shorter than '{text.name}'"


def _shortens(text: Column, short: Column) -> bool:
    if not is_prose(text) or not is_prose(short) or short.objects > SHARE or not short.mean_chars:
        return False
    return text.mean_chars >= LONG_CHARS and short.mean_chars <= SHARE * text.mean_chars
