"""A bucket (S3 and what speaks like it), by fsspec, which is only there where a cluster is used.

Address and keys of the service are found as its own programs find them: `AWS_ENDPOINT_URL`,
`AWS_PROFILE`, ~/.aws/credentials, or the machine's own role.
"""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from workbench.core.errors import WorkbenchError
from workbench.core.whole import whole_file
from workbench.jobs.process.remote.file_store import StoreUnreachable

_PATIENCE = {"connect_timeout": 5, "read_timeout": 60, "retries": {"max_attempts": 2}}


class BucketStore:
    """Files below an address such as s3://bucket/path; see `FileStore`."""

    def __init__(self, url: str) -> None:
        """
        Raises:
            WorkbenchError: what reads such an address is not installed.
        """
        self._url = url
        try:
            from fsspec.core import url_to_fs

            self._files, self._root = url_to_fs(url, **_options(url))
        except (ImportError, ValueError) as error:
            raise WorkbenchError(
                f"Files at {url} cannot be reached from here ({error}): install "
                "requirements-ray.txt on this machine, or use a folder that all machines share."
            ) from error

    def put(self, source: Path, key: str) -> None:
        """Keep a copy of a file."""
        with self._said():
            self._files.put_file(str(source), self._at(key))

    def write(self, key: str, content: bytes) -> None:
        """Keep some bytes."""
        with self._said():
            self._files.pipe_file(self._at(key), content)

    def read(self, key: str) -> bytes | None:
        """What is kept; None if there is nothing."""
        try:
            with self._said():
                content: bytes = self._files.cat_file(self._at(key))
                return content
        except FileNotFoundError:
            return None

    def fetch(self, key: str, target: Path) -> None:
        """Copy what is kept to a file of this machine."""
        with self._said(), whole_file(target) as part:
            self._files.get_file(self._at(key), str(part))

    def sizes(self, prefix: str) -> dict[str, int]:
        """Key → bytes of all that lies below a key."""
        with self._said():
            found: dict[str, Any] = self._files.find(self._at(prefix), detail=True)
        return {
            name.removeprefix(f"{self._root}/"): int(about["size"] or 0)
            for name, about in found.items()
        }

    def has(self, key: str) -> bool:
        """Whether something is kept."""
        with self._said():
            return bool(self._files.exists(self._at(key)))

    def remove(self, prefix: str) -> None:
        """Let go of a key and of all that lies below it."""
        with contextlib.suppress(FileNotFoundError), self._said():
            self._files.rm(self._at(prefix), recursive=True)

    def _at(self, key: str) -> str:
        return f"{self._root}/{key}"

    @contextlib.contextmanager
    def _said(self) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError:
            raise
        except Exception as error:  # every kind of bucket has errors of its own
            raise StoreUnreachable(
                f"The files of the cluster at {self._url} cannot be reached ({error}): see to the "
                "bucket's address and keys, and to the network."
            ) from error


def _options(url: str) -> dict[str, Any]:
    """What is kept of listings would hide what another machine has just written."""
    if not url.startswith("s3://"):
        return {"use_listings_cache": False}
    return {"use_listings_cache": False, "config_kwargs": _PATIENCE}
