"""Weight of a file: whether reading it takes so long that a job does it rather than a page."""

import zipfile
from pathlib import Path

from workbench.data.readers import signs
from workbench.data.readers.archives import unpack
from workbench.data.readers.torn_zip import TORN_ZIP

_SHEET_BYTES = 64 << 20
_SLOW_BYTES = 2 << 20
"""Mailboxes, chats and the text of Word documents take a second or two for so much."""


def is_heavy(path: Path) -> bool:
    """Whether a file, however small, is packed, or slow to read for its kind."""
    with path.open("rb") as stream:
        head = stream.read(signs.HEAD)
    if head.startswith(unpack.ZIP):
        return _is_heavy_archive(path)
    if path.stat().st_size > _SLOW_BYTES and signs.is_slow(head):
        return True
    return head.startswith((unpack.GZIP, b"%PDF"))


def _is_heavy_archive(path: Path) -> bool:
    if unpack.entries(path) > unpack.MOST_ENTRIES:
        return True
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except TORN_ZIP:
        return False
    if not any(part.filename.startswith(unpack.OFFICE_PARTS) for part in parts):
        return not unpack.is_light(path, _SLOW_BYTES)
    texts = sum(part.file_size for part in parts if part.filename == "word/document.xml")
    return texts > _SLOW_BYTES or sum(part.file_size for part in parts) > _SHEET_BYTES
