"""Settings: from the environment, from a file, or none."""

from pathlib import Path

import pytest

from storage import address
from storage.errors import StorageError
from storage.operations import setting


def test_a_secret_stands_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert setting.value("WORKBENCH_X") == ""
    (tmp_path / "x").write_text("from the file\n")
    monkeypatch.setenv("WORKBENCH_X_FILE", str(tmp_path / "x"))
    assert setting.value("WORKBENCH_X") == "from the file"
    monkeypatch.setenv("WORKBENCH_X", "said")
    assert setting.value("WORKBENCH_X") == "said"


def test_a_file_that_changes_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_X_FILE", str(tmp_path / "x"))
    for said in ("first", "other", "longer than before"):
        (tmp_path / "new").write_text(said)
        (tmp_path / "new").replace(tmp_path / "x")
        assert setting.value("WORKBENCH_X") == setting.value("WORKBENCH_X") == said


def test_a_file_that_cannot_be_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WORKBENCH_DATABASE_URL", raising=False)
    monkeypatch.setenv("WORKBENCH_DATABASE_URL_FILE", str(tmp_path / "none"))
    with pytest.raises(StorageError, match=r"WORKBENCH_DATABASE_URL_FILE names .*/none, which"):
        address.database_url()
    (tmp_path / "none").write_text("postgresql://a:b@c/d\n")
    assert address.database_url() == "postgresql://a:b@c/d"
