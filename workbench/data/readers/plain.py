"""Reads one file that is not packed."""

from collections.abc import Callable, Sequence
from pathlib import Path

from workbench.core.errors import WorkbenchError
from workbench.core.progress import Progress, silent
from workbench.data.readers.documents import documents
from workbench.data.readers.kinds import (
    ARROW,
    CHAT,
    DOCUMENT,
    JSON,
    JSONL,
    MAIL,
    PACKED,
    PARQUET,
    TAGGED,
    XLSX,
    YAML,
)
from workbench.data.readers.listing import Listing, Part
from workbench.data.readers.messages import chats, threads
from workbench.data.readers.table import ReadOptions, Table
from workbench.data.readers.tables import arrow, delimited, jsons, parquet, sheets, tagged, yamls

LISTINGS: dict[str, Callable[[Sequence[Part], str, ReadOptions, Progress], Listing]] = {
    DOCUMENT: documents.listing,
    MAIL: threads.listing,
    CHAT: chats.listing,
    TAGGED: tagged.listing,
}
"""The kinds of files that are no tables, of which several can be read as one."""


def read(path: Path, name: str, options: ReadOptions, kind: str) -> Table:
    """The table in a file of this kind.

    Raises:
        WorkbenchError: it cannot be read; one sentence with the place and what to do.
    """
    if kind == PACKED:
        raise packed_within(name)
    if kind in LISTINGS:
        return LISTINGS[kind]([Part(path, name)], name, options, silent).table()
    if kind == XLSX:
        return sheets.read(path, name, options)
    if kind == PARQUET:
        return parquet.read(path, name)
    if kind == ARROW:
        return arrow.read(path, name)
    if kind in (JSON, JSONL):
        return jsons.read(path, name, options, kind)
    if kind == YAML:
        return yamls.read(path, name, options)
    return delimited.read(path, name, options)


def packed_within(name: str) -> WorkbenchError:
    """An archive in an archive."""
    return WorkbenchError(f"{name} is an archive within an archive: unpack it first.")
