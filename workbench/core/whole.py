"""Files and folders that appear whole or not at all: written beside their place, then moved there.

What a process that was killed leaves of a file, `.NAME.PID.part`, is known to `storage.sweep`.
"""

import contextlib
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def whole_file(target: Path, *, flushed: bool = False) -> Iterator[Path]:
    """The path of a file to write, which takes the place of `target` at the end of the block.

    If the block fails, `target` is what it was, and nothing else is left.

    Args:
        flushed: the content is safe on the disk before the name is, for what has to outlive a
            loss of power.
    """
    part = target.with_name(f".{target.name}-{secrets.token_hex(4)}.{os.getpid()}.part")
    try:
        yield part
        if flushed:
            with part.open("rb") as handle:
                os.fsync(handle.fileno())
        os.replace(part, target)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink()
        raise


@contextlib.contextmanager
def whole_folder(target: Path, *, over: bool = True) -> Iterator[Path]:
    """A folder to write into, which takes the place of `target` at the end of the block.

    If the block fails, `target` is what it was, and nothing else is left.

    Args:
        over: whether it takes the place of a folder that is there; else that one stays, also if
            it came meanwhile.
    """
    part = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        yield part
        if over and target.exists():
            shutil.rmtree(target)
        _move(part, target, over=over)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise


def _move(part: Path, target: Path, *, over: bool) -> None:
    try:
        part.rename(target)
    except OSError:
        if over or not target.is_dir():
            raise
        shutil.rmtree(part, ignore_errors=True)
