"""What users bring by Streamlit's upload field, for all web processes.

The address that a field sends a file to names no session, since another process knows none of
ours, but a ticket that was announced in the home.
"""

import secrets
from collections.abc import Mapping, Sequence

from streamlit.runtime.stats import Stat
from streamlit.runtime.uploaded_file_manager import (
    UploadedFileManager,
    UploadedFileRec,
    UploadFileUrlInfo,
)

from workbench.system.shared_files import SharedFiles


class BroughtFiles(UploadedFileManager):
    """Files in the home, known by tickets that nobody can guess.

    They outlive the session that brought them: a page that lost its connection goes on in a
    session of another process, and names them again.
    """

    stats_families: Sequence[str] = ()

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint
        self._files = SharedFiles("brought")

    def get_upload_urls(
        self, session_id: str, file_names: Sequence[str]
    ) -> list[UploadFileUrlInfo]:
        """A ticket for each file, and where to send it."""
        return [self._announced() for _ in file_names]

    def _announced(self) -> UploadFileUrlInfo:
        ticket = secrets.token_hex(16)
        self._files.announce(ticket)
        address = f"{self._endpoint}/{ticket}/{ticket}"
        return UploadFileUrlInfo(ticket, address, address)

    def is_announced(self, ticket: str) -> bool:
        """Whether somebody may send a file by this ticket."""
        return self._files.is_announced(ticket)

    def add_file(self, session_id: str, file: UploadedFileRec) -> None:
        """A file that was sent by a ticket; what none was announced for is not kept."""
        if session_id == file.file_id and self.is_announced(file.file_id):
            self._files.put(file.file_id, file.data, name=file.name, type=file.type)

    def get_files(self, session_id: str, file_ids: Sequence[str]) -> list[UploadedFileRec]:
        """Those of these files that are here."""
        found = ((file_id, self._files.get(file_id)) for file_id in file_ids)
        return [
            UploadedFileRec(file_id, file.about["name"], file.about["type"], file.content)
            for file_id, file in found
            if file is not None
        ]

    def remove_file(self, session_id: str, file_id: str) -> None:
        """The user took it away."""
        if session_id == file_id:
            self._files.remove(file_id)

    def remove_session_files(self, session_id: str) -> None:
        """Nothing: the page may have moved to another process; what nobody asks for goes in a day."""

    def get_stats(self, family_names: Sequence[str] | None = None) -> Mapping[str, Sequence[Stat]]:
        """None of this process's memory."""
        return {}
