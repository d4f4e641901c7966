"""Which store an address means."""

from pathlib import Path
from urllib.parse import urlsplit

from workbench.core.errors import WorkbenchError
from workbench.jobs.process.remote.bucket_store import BucketStore
from workbench.jobs.process.remote.file_store import FileStore
from workbench.jobs.process.remote.folder_store import FolderStore


def store_at(url: str) -> FileStore:
    """The store at an address: a folder (`/shared/slm`, `file:///shared/slm`) or `s3://bucket/path`.

    Raises:
        WorkbenchError: the address is none of these, or what reads a bucket is not installed.
    """
    scheme = urlsplit(url).scheme
    if scheme in ("", "file"):
        path = Path(url.removeprefix("file://"))
        if not path.is_absolute():
            raise WorkbenchError(
                f"'{url}' is no place for files of a cluster: give the full path of a folder that "
                "all its machines share, or a bucket such as s3://bucket/slm."
            )
        return FolderStore(path)
    return BucketStore(url)
