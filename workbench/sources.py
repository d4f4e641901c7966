"""Files of the user's: kept byte by byte, so that nothing has to be uploaded twice."""

import io
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from storage import files, leftovers
from storage.database import Store
from workbench.errors import WorkbenchError
from workbench.preparing import Source
from workbench.readers import ReadOptions, Table, read_table


def keep(stream: BinaryIO, name: str) -> Source:
    """Keep a file of the user's, byte by byte.

    Raises:
        StorageError: the disk is full.
    """
    return Source(files.put(stream), Path(name).name)


def keep_text(text: str, name: str = "Pasted table.tsv") -> Source:
    """Keep a pasted table.

    Raises:
        WorkbenchError: there is nothing in it.
    """
    if not text.strip():
        raise WorkbenchError(
            "Nothing was pasted: copy the cells in your spreadsheet, with the row of names, "
            "and paste them here."
        )
    return keep(io.BytesIO(text.encode("utf-8", "replace")), name)


def is_kept(source: Source) -> bool:
    """Whether the content is (still) there."""
    return files.object_path(source.digest).is_file()


def open_source(source: Source, options: ReadOptions | None = None) -> Table:
    """The table in a file that was kept.

    Raises:
        WorkbenchError: it cannot be read; one sentence with the place and what to do.
    """
    if not is_kept(source):
        raise WorkbenchError(f"{source.name} is not here any more: choose the file again.")
    return read_table(files.object_path(source.digest), source.name, options)


def reading_alike(options: ReadOptions) -> ReadOptions:
    """How to read a file that is to have the columns of one read with `options`.

    Columns without names go by their number, so neither file may have names then.
    """
    return ReadOptions(header_row=0 if options.header_row == 0 else None)


def discard(store: Store, sources: Iterable[Source]) -> None:
    """Delete those of the files that neither a version nor a draft refers to."""
    with store.write() as session:
        leftovers.remove_objects(session, [source.digest for source in sources])
