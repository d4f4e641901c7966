"""Files of upload fields: any process takes them, whoever has no ticket brings none."""

from pathlib import Path

from streamlit.runtime.uploaded_file_manager import UploadedFileRec

from workbench.ui.server.brought_files import BroughtFiles


def test_what_one_process_takes_another_reads(home: Path) -> None:
    page, other = BroughtFiles("/up"), BroughtFiles("/up")
    (place,) = page.get_upload_urls("session-of-page", ["mails.csv"])
    _, _, ticket, file_id = place.upload_url.split("/")
    assert "session" not in place.upload_url
    assert other.is_announced(ticket)
    assert page.get_files("session-of-page", [file_id]) == []

    other.add_file(ticket, UploadedFileRec(file_id, "mails.csv", "text/csv", b"a,b\n1,2\n"))

    (found,) = page.get_files("session-of-page", [file_id])
    assert (found.name, found.data) == ("mails.csv", b"a,b\n1,2\n")
    page.remove_session_files("session-of-page")
    assert other.get_files("session-in-another-process", [file_id]) == [found]
    other.remove_file(ticket, file_id)
    assert page.get_files("session-of-page", [file_id]) == []


def test_without_a_ticket_nothing_is_kept(home: Path) -> None:
    files = BroughtFiles("/up")
    guessed = "0123456789abcdef0123456789abcdef"
    files.add_file(guessed, UploadedFileRec(guessed, "x", "", b"x"))
    (place,) = files.get_upload_urls("s", ["a.csv"])
    files.add_file(guessed, UploadedFileRec(place.file_id, "x", "", b"x"))
    files.remove_file(guessed, place.file_id)
    assert files.get_files("s", [guessed, place.file_id]) == []
    assert files.is_announced(place.file_id)
