"""`backup` and `restore` on the command line."""

import json
from pathlib import Path

import pytest

from storage import files
from storage.database import Store
from storage.schema import open_store
from storage.tables import Person, Project
from tests.helpers import full_home
from workbench.cli import main


def test_what_was_backed_up_comes_back(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    full_home.fill(store)
    file = tmp_path / "all.zip"
    assert main(["backup", str(file), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["file"], said["bytes"]) == (str(file), file.stat().st_size)
    assert said["rows"]["projects"] == 1
    with store.write() as session:
        session.add(Project(name="Too much"))
    store.close()
    assert main(["restore", str(file), "--replace"]) == 0
    said_in_words = capsys.readouterr().out
    assert "Restored 1 project. 2 jobs will go on" in said_in_words
    assert f"{files.home()}.before-restore-" in said_in_words
    restored = open_store()
    assert full_home.count(restored, Project) == 1
    restored.close()


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_a_file_that_does_not_fit_is_one_sentence(
    command: str, store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "film.zip"
    file.write_text("a film")
    assert main([command, str(file)]) == 2
    said = capsys.readouterr()
    assert len(said.err.splitlines()) == 1
    assert str(file) in said.err
    assert file.read_text() == "a film"


def test_one_project_goes_into_a_file_and_comes_beside_the_others(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    full_home.fill(store)
    store.close()
    file = tmp_path / "mails.zip"
    assert main(["backup", "--project", "mails", "--out", str(file)]) == 0
    assert f"Saved 1 project in {file}" in capsys.readouterr().out
    assert main(["restore", "--project", str(file)]) == 2
    assert "say under which name" in capsys.readouterr().err
    assert main(["restore", "--project", str(file), "--name", "Twin", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["project"], said["name"]) == (2, "Twin")
    assert said["notes"] == []


def test_a_backup_is_looked_through_and_its_end_says_how_it_is(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    full_home.fill(store)
    store.close()
    file = tmp_path / "all.zip"
    assert main(["backup", str(file)]) == 0
    assert main(["backup", "--check", str(file)]) == 0
    assert f"{file} is whole." in capsys.readouterr().out
    file.write_bytes(file.read_bytes().replace(b"weights" * 9, b"WEIGHTS" * 9))
    assert main(["backup", "--check", str(file), "--json"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert said["whole"] is False
    assert "so it cannot be restored" in said["problem"]


def test_people_are_told_of_and_left_out_where_that_is_asked(
    store: Store,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("WORKBENCH_PERSON", "ann@example.org")
    with store.write() as session:
        session.add(Person(email="ann@example.org", name="Ann", administrator=True))
    store.close()
    file = str(tmp_path / "all.zip")
    assert main(["--as", "ann@example.org", "backup", file]) == 0
    assert main(["restore", file, "--replace"]) == 0
    said = capsys.readouterr().out
    assert "1 person may sign in here" in said
    assert "--without-accounts" in said
    assert main(["restore", file, "--replace", "--without-accounts"]) == 0
    assert "sign in" not in capsys.readouterr().out


@pytest.mark.parametrize(
    "words",
    [
        ["backup"],
        ["restore"],
        ["restore", "a.zip", "--name", "Twin"],
        ["restore", "--project", "a.zip", "--replace"],
    ],
)
def test_what_does_not_go_together_is_one_sentence(
    words: list[str], store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
