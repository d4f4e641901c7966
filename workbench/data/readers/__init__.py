"""Reads a table of examples from whatever a business has: tables, documents, mails, chats."""

import dataclasses
from pathlib import Path

from workbench.core.errors import WorkbenchError
from workbench.data.readers.kinds import (
    ARROW,
    CHAT,
    CSV,
    DOCUMENT,
    JSON,
    JSONL,
    MAIL,
    PACKED,
    PARQUET,
    TITLES,
    XLSX,
    kind_of,
)
from workbench.data.readers.table import ReadOptions, Table, options_from
from workbench.data.readers.training import notes_on

__all__ = [
    "ARROW",
    "CHAT",
    "CSV",
    "DOCUMENT",
    "JSON",
    "JSONL",
    "MAIL",
    "PACKED",
    "PARQUET",
    "TITLES",
]
__all__ += ["XLSX", "ReadOptions", "Table", "kind_of", "options_from", "read_table"]


def read_table(path: Path, name: str = "", options: ReadOptions | None = None) -> Table:
    """The table in the file at `path`; `name` is what the user calls it.

    For processes that may come to harm: pages and services ask `data.files.reader`. The readers
    are loaded here, so that who needs a `Table` only does not load them.

    Raises:
        WorkbenchError: one sentence with the row, column or file, and what to do.
    """
    from workbench.data.asking.ask import asked
    from workbench.data.readers import plain
    from workbench.data.readers.archives import packed
    from workbench.data.readers.talks import put_together

    name, options = name or path.name, options or ReadOptions()
    if not path.is_file():
        raise WorkbenchError(f"There is no file {path}: check its name and folder.")
    kind = kind_of(path, name)
    if kind == PACKED:
        table = packed.read(path, name, options)
    else:
        table = plain.read(path, name, options, kind)
    table = asked(put_together(table, options), options.choice)
    return dataclasses.replace(table, notes=(*table.notes, *notes_on(table.columns)))
