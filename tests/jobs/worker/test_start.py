"""The worker's start: what a crash left behind is gone before the first job."""

import io
import os
from pathlib import Path

import pytest

from storage import files
from storage.database import Store
from workbench.jobs import worker


def test_it_clears_away_what_was_left_behind_before_it_works(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    part = files.folder("objects") / ".part-abandoned"
    part.write_text("half of it")
    os.utime(part, (1, 1))
    seen: list[bool] = []
    monkeypatch.setattr(worker, "_log", lambda: None)
    monkeypatch.setattr(worker, "Signals", lambda: type("Signals", (), {"wait": None}))
    monkeypatch.setattr(worker, "run", lambda *_: seen.append(part.exists()))
    store.close()
    assert worker.main() == 0
    assert seen == [False]


def test_without_its_database_it_says_so_and_ends(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WORKBENCH_DATABASE_URL", "postgresql://ann:s3cret@127.0.0.1:1/name")
    monkeypatch.setattr(worker, "_log", lambda: None)
    assert worker.main() == 2
    said = capsys.readouterr().err
    assert "cannot be reached" in said
    assert "s3cret" not in said


@pytest.mark.sqlite
def test_without_a_sound_database_it_sweeps_nothing(
    store: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """All objects would be orphans."""
    kept = files.object_path(files.put(io.BytesIO(b"an upload")))
    os.utime(kept, (1, 1))
    store.close()
    (files.home() / "workbench.db").unlink()
    monkeypatch.setattr(worker, "_log", lambda: None)
    assert worker.main() == 2
    assert "workbench.db is not there" in capsys.readouterr().err
    assert kept.exists()
    assert not (files.home() / "workbench.db").exists()
