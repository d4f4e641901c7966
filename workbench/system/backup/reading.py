"""A backup that is read back: nothing of it counts before it was checked.

Whoever made the file may mean ill: what a member is called, how large it says to be, and what it
holds are held against the manifest, and the manifest against what backups have.
"""

import contextlib
import errno
import hashlib
import lzma
import stat
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from workbench.core.errors import WorkbenchError
from workbench.core.words import size
from workbench.system.backup import manifest as manifests
from workbench.system.backup.archive import CHUNK, Progress
from workbench.system.backup.manifest import MANIFEST, Manifest

_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError),
    *(NotImplementedError, RuntimeError, ValueError, LookupError, OverflowError, MemoryError),
)
"""What Python says of archives that are not whole."""
_OTHER = {
    manifests.KIND: "{path} holds one project, not everything: bring it beside the others with "
    "`python -m workbench restore --project {path}`.",
    manifests.PROJECT: "{path} is a backup of everything, not of one project: restore it with "
    "`python -m workbench restore {path}`, or save the project alone where it is.",
}
_MOST_TIMES, _ENOUGH_BYTES = 200, 1_000_000_000
"""What unpacks to more than both is no backup: only rows are packed, to a tenth or so."""


class Reader:
    """A backup that is read back; every byte of it is checked before it counts."""

    def __init__(self, path: Path, archive: zipfile.ZipFile, manifest: Manifest) -> None:
        self.path, self.manifest = path, manifest
        self._zip = archive

    @property
    def size_bytes(self) -> int:
        """What its files take when they are unpacked."""
        return sum(size for size, _ in self.manifest.files.values())

    def read(self, name: str, most_bytes: int) -> bytes:
        """A small member, checked against the manifest.

        Raises:
            WorkbenchError: it is absent, damaged or larger.
        """
        length, digest = self.manifest.files.get(name, (most_bytes + 1, ""))
        if length > most_bytes:
            raise damaged(self.path, f"{name} is not there, or too large")
        try:
            content = self._zip.read(name)
        except (*_BROKEN, OSError) as error:
            raise damaged(self.path, _reason(error, name)) from None
        if hashlib.sha256(content).hexdigest() != digest:
            raise damaged(self.path, f"{name} is not what was saved")
        return content

    def verify(self, progress: Progress) -> None:
        """Read all members, and check each against the manifest; nothing is written.

        Raises:
            WorkbenchError: one of them is damaged.
        """
        for name, (length, digest) in self.manifest.files.items():
            found, read = hashlib.sha256(), 0
            try:
                with self._zip.open(name) as source:
                    while chunk := source.read(CHUNK):
                        found.update(chunk)
                        read += len(chunk)
                        progress.advance(len(chunk))
            except (*_BROKEN, OSError) as error:
                raise damaged(self.path, _reason(error, name)) from None
            if (read, found.hexdigest()) != (length, digest):
                raise damaged(self.path, f"{name} is not what was saved")

    def unpack(self, folder: Path, progress: Progress) -> None:
        """Write all members into `folder`, and check each against the manifest.

        Raises:
            WorkbenchError: one of them is damaged, or takes the place of another.
        """
        for name in self.manifest.files:
            try:
                whole = self._copy(name, folder / name, progress)
            except _BROKEN as error:
                raise damaged(self.path, _reason(error, name)) from None
            except OSError as error:
                if error.errno not in _NAMES:
                    raise
                why = f"{name[:200]!r} cannot be a file beside the others"
                raise damaged(self.path, why) from None
            if not whole:
                raise damaged(self.path, f"{name} is not what was saved")

    def _copy(self, name: str, target: Path, progress: Progress) -> bool:
        length, digest = self.manifest.files[name]
        found = hashlib.sha256()
        target.parent.mkdir(parents=True, exist_ok=True)
        # Never twice the same file, also where a disk takes two names for one.
        with self._zip.open(name) as source, target.open("xb") as copy:
            while chunk := source.read(CHUNK):
                copy.write(chunk)
                found.update(chunk)
                progress.advance(len(chunk))
            whole = copy.tell() == length and found.hexdigest() == digest
        return whole and (not name.startswith("objects/") or target.name == digest)


_NAMES = {errno.EEXIST, errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG, errno.EINVAL, errno.EILSEQ}


@contextlib.contextmanager
def opened(path: Path, kind: str | None = manifests.KIND) -> Iterator[Reader]:
    """The backup at `path`, or the project (`manifest.PROJECT`); with None whichever it is.

    Raises:
        WorkbenchError: it is no such file, damaged, or of a newer version.
    """
    if not path.is_file():
        raise WorkbenchError(f"There is no file {path}: check its name.")
    try:
        archive = zipfile.ZipFile(path)
    except PermissionError:
        raise WorkbenchError(f"{path} may not be read: make it yours, or copy it.") from None
    except (*_BROKEN, OSError):
        raise WorkbenchError(
            f"{path} is no whole backup of the workbench: choose a file that "
            "`python -m workbench backup` or the Storage page has made."
        ) from None
    with archive:
        manifest = _manifest(path, archive, kind)
        _check_members(path, archive, manifest)
        yield Reader(path, archive, manifest)


def _manifest(path: Path, archive: zipfile.ZipFile, kind: str | None) -> Manifest:
    try:
        if archive.getinfo(MANIFEST).file_size > manifests.MOST_BYTES:
            raise damaged(path, "its list of contents is too long")
        return manifests.parsed(archive.read(MANIFEST), kind)
    except (manifests.NoBackup, KeyError):
        raise WorkbenchError(
            f"{path} is a zip file, but no backup of the workbench: choose another file."
        ) from None
    except manifests.OtherKind:
        raise WorkbenchError(_OTHER[kind or manifests.KIND].format(path=path)) from None
    except manifests.Newer:
        raise WorkbenchError(
            f"{path} was made by a newer version of the workbench: "
            "update this one (git pull, then make setup), then restore it."
        ) from None
    except (*_BROKEN, OSError) as error:
        raise damaged(path, _reason(error, MANIFEST)) from None


def _check_members(path: Path, archive: zipfile.ZipFile, manifest: Manifest) -> None:
    """Hold what the archive says of its members against the manifest, before one is read."""
    members = {info.filename: info for info in archive.infolist()}
    twice = {name for name, count in Counter(archive.namelist()).items() if count > 1}
    for name, (length, _) in manifest.files.items():
        info = members.get(name)
        if info is None or info.file_size != length:
            raise damaged(path, f"{name} is not as the list of contents says")
        if name in twice or not _is_plain(info):
            raise damaged(path, f"{name} is not a file that a backup has")
    if twice & {MANIFEST}:
        raise damaged(path, f"{MANIFEST} is there twice")
    packed = sum(members[name].compress_size for name in manifest.files)
    unpacked = sum(length for length, _ in manifest.files.values())
    room = path.stat().st_size
    if packed > room or unpacked > max(_ENOUGH_BYTES, _MOST_TIMES * room):
        raise damaged(path, f"its {size(room)} would become {size(unpacked)}")


def _is_plain(info: zipfile.ZipInfo) -> bool:
    """A file, and no link, folder or device; packed in a way that backups are."""
    kind = stat.S_IFMT(info.external_attr >> 16)
    return kind in (0, stat.S_IFREG) and info.compress_type in (
        zipfile.ZIP_STORED,
        zipfile.ZIP_DEFLATED,
    )


def damaged(path: Path, why: str) -> WorkbenchError:
    """What to say of a backup that is not whole."""
    why = " ".join(why.split())
    return WorkbenchError(
        f"{path} is damaged ({why}), so nothing was restored: use another backup."
    )


def _reason(error: BaseException, name: str) -> str:
    return f"{name}: {error}" if str(error) else name
