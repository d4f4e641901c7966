"""What pages give out by Streamlit's own means (pictures, small downloads), for all web processes."""

import hashlib
from pathlib import Path

from streamlit.runtime.media_file_storage import (
    MediaFileKind,
    MediaFileStorage,
    MediaFileStorageError,
)
from streamlit.runtime.memory_media_file_storage import MemoryFile, get_extension_for_mimetype

from workbench.system.shared_files import SharedFiles


class GivenFiles(MediaFileStorage):
    """Files in the home, known by the sha256 of what they hold."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint
        self._files = SharedFiles("given")

    def load_and_get_id(
        self,
        path_or_data: str | bytes,
        mimetype: str,
        kind: MediaFileKind,
        filename: str | None = None,
    ) -> str:
        """Keep it for a day; its id."""
        content = _content(path_or_data)
        said = f"{mimetype}\0{kind.value}\0{filename}\0".encode()
        file_id = hashlib.sha256(said + content).hexdigest()
        if not self._files.touch(file_id):
            about = {"mimetype": mimetype, "kind": kind.value, "filename": filename}
            self._files.put(file_id, content, **about)
        return file_id

    def get_file(self, filename: str) -> MemoryFile:
        """The file of this name, an id and an extension.

        Raises:
            MediaFileStorageError: there is none (any more).
        """
        file = self._files.get(filename.partition(".")[0])
        if file is None:
            raise MediaFileStorageError(f"There is no file {filename} (any more)")
        kind = MediaFileKind(file.about["kind"])
        return MemoryFile(file.content, file.about["mimetype"], kind, file.about["filename"])

    def get_url(self, file_id: str) -> str:
        """Where the browser finds it.

        Raises:
            MediaFileStorageError: there is none (any more).
        """
        extension = get_extension_for_mimetype(self.get_file(file_id).mimetype)
        return f"{self._endpoint}/{file_id}{extension}"

    def delete_file(self, file_id: str) -> None:
        """Nothing: a page of another process may show it; what nobody asks for goes in a day."""


def _content(path_or_data: str | bytes) -> bytes:
    if isinstance(path_or_data, bytes):
        return path_or_data
    try:
        return Path(path_or_data).read_bytes()
    except OSError as error:
        raise MediaFileStorageError(f"Error opening '{path_or_data}'") from error
