"""What pages give out: any process has it, under a name that tells what it holds."""

from pathlib import Path

import pytest
from streamlit.runtime.media_file_storage import MediaFileKind, MediaFileStorageError

from workbench.ui.server.given_files import GivenFiles


def test_what_one_process_gives_another_has(home: Path, tmp_path: Path) -> None:
    one, other = GivenFiles("/media"), GivenFiles("/media")
    kind = MediaFileKind.DOWNLOADABLE
    file_id = one.load_and_get_id(b"a,b\n", "text/csv", kind, "Größe.csv")
    assert other.load_and_get_id(b"a,b\n", "text/csv", kind, "Größe.csv") == file_id
    assert one.load_and_get_id(b"a,b\n", "text/csv", kind, "other.csv") != file_id
    assert other.get_url(file_id) == f"/media/{file_id}.csv"
    one.delete_file(file_id)
    found = other.get_file(f"{file_id}.csv")
    assert (found.content, found.mimetype, found.kind, found.filename) == (
        b"a,b\n",
        "text/csv",
        kind,
        "Größe.csv",
    )
    (tmp_path / "icon.svg").write_text("<svg/>")
    icon = one.load_and_get_id(str(tmp_path / "icon.svg"), "image/svg+xml", MediaFileKind.MEDIA)
    assert other.get_file(icon).content == b"<svg/>"


@pytest.mark.parametrize("name", ["../../workbench.db", "0" * 64, "x.csv", ""])
def test_what_nobody_gave_is_not_there(home: Path, name: str) -> None:
    with pytest.raises(MediaFileStorageError):
        GivenFiles("/media").get_file(name)


def test_a_file_that_is_gone_is_said(home: Path) -> None:
    with pytest.raises(MediaFileStorageError, match="none"):
        GivenFiles("/media").load_and_get_id("/none.png", "image/png", MediaFileKind.MEDIA)
