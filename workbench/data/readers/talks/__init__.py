"""Conversations that a table holds in pieces, put together: one row each, with its turns.

A turn a row, answers that follow on a history, and turns of people with names, of whom one answers.
"""

from workbench.data.readers.kinds import CHAT, DOCUMENT, MAIL
from workbench.data.readers.table import ReadOptions, Table
from workbench.data.readers.talks import histories, named, spread

_NEVER = (CHAT, DOCUMENT, MAIL)


def put_together(table: Table, options: ReadOptions) -> Table:
    """The table with its conversations whole; as it is where there is nothing to put together."""
    if table.kind in _NEVER or table.meant or table.question or not len(table):
        return table
    for read in (spread.read, histories.read, named.read):
        if (found := read(table, options)) is not None:
            return found
    return table
