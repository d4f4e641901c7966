"""Files of the user's: kept byte by byte, so that nothing has to be uploaded twice."""

import io
import re
import shutil
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from storage import files, leftovers
from storage.database import Store
from workbench.core import names, parquet
from workbench.core.errors import WorkbenchError
from workbench.data.asking.answers import OF_CATEGORIES
from workbench.data.examples.plan import Source
from workbench.data.files import reader
from workbench.data.readers import ReadOptions, Table


def keep(stream: BinaryIO, name: str) -> Source:
    """Keep a file of the user's, byte by byte.

    Raises:
        StorageError: the disk is full.
    """
    digest = files.put(stream)
    reader.forget(files.object_path(digest))  # who brings a file again wants it tried again
    return Source(digest, names.shown(Path(name).name))


def keep_all(streams: Sequence[tuple[BinaryIO, str]]) -> Source:
    """Keep one file as it is, or several as one archive, the same for the same files.

    Raises:
        StorageError: the disk is full.
    """
    if len(streams) == 1:
        return keep(*streams[0])
    called = _unlike([names.shown(Path(name).name) for _, name in streams])
    with files.Incoming() as blob:
        with zipfile.ZipFile(_Into(blob), "w", zipfile.ZIP_STORED) as archive:
            for (stream, _), name in zip(streams, called, strict=True):
                with archive.open(zipfile.ZipInfo(name), "w", force_zip64=True) as member:
                    shutil.copyfileobj(stream, member, 1 << 20)
        return Source(blob.finish(), f"{len(called)} files ({called[0]}, …)")


class _Into(io.RawIOBase):
    """An object that arrives, as the file that an archive is written to."""

    def __init__(self, blob: files.Incoming) -> None:
        self._blob = blob

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._blob.write(bytes(data))
        return len(data)


def title_of(name: str) -> str:
    """A file's name without its ending; of several files `march and 2 more`."""
    several = re.fullmatch(r"(\d+) files \((.+), …\)", name)
    if several:
        return f"{Path(several[2]).stem} and {int(several[1]) - 1} more"
    return name.rsplit(".", 1)[0]


def _unlike(given: list[str]) -> list[str]:
    """The names, numbered where one comes again: `march (2).csv`."""
    found: list[str] = []
    for name in given:
        path, count, free = Path(name), 2, name
        while free in found:
            free, count = f"{path.stem} ({count}){path.suffix}", count + 1
        found.append(free)
    return found


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


def outline(source: Source) -> tuple[str, tuple[str, ...]]:
    """What kind of file it is ("" if that cannot be told), and the names of a workbook's sheets."""
    path = files.object_path(source.digest)
    try:
        return reader.kind_and_titles(path, source.name)
    except (WorkbenchError, OSError):
        return "", ()


def open_source(source: Source, options: ReadOptions | None = None) -> Table:
    """The table in a file that was kept.

    Raises:
        WorkbenchError: it cannot be read; one sentence with the place and what to do.
    """
    if not is_kept(source):
        raise WorkbenchError(f"{source.name} is not here any more: choose the file again.")
    path = files.object_path(source.digest)
    parquet.check(path, f"{source.name} is damaged on the disk ({path}): choose the file again.")
    return reader.read_table(path, source.name, options)


def reading_alike(options: ReadOptions, *, answers: bool = True) -> ReadOptions:
    """How to read a file that is to have the columns of one read with `options`.

    Columns without names go by their number, so neither file may have names then. Who answers in
    the one answers in the other, if there.

    Args:
        answers: False where the file's answers do not matter; then each of its rows stays one.
    """
    left = not answers and options.choice in OF_CATEGORIES
    return ReadOptions(
        header_row=0 if options.header_row == 0 else None,
        assistant=options.assistant,
        choice="" if left else options.choice,
    )


def discard(store: Store, sources: Iterable[Source]) -> None:
    """Delete those of the files that neither a version nor a draft refers to."""
    with store.write() as session:
        leftovers.remove_objects(session, [source.digest for source in sources])
