"""The process that watches folders is there while one is switched on, and harms no worker."""

import sys
from pathlib import Path

import pytest

from storage.database import Store
from storage.tables import Watch
from workbench.jobs import watching
from workbench.jobs.watching import Watching
from workbench.projects import projects


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "_LOOK_S", 0.0)
    monkeypatch.setattr(watching, "_AGAIN_S", 0.0)
    monkeypatch.setattr(watching, "COMMAND", (sys.executable, "-c", "import time; time.sleep(60)"))


def switch(store: Store, *, on: bool) -> None:
    with store.write() as session:
        watch = session.get(Watch, 1)
        if watch is None:
            session.add(Watch(project_id=1, folder="/inbox", chosen={}, is_on=on))
        else:
            watch.is_on = on


def test_it_is_started_once_and_anew_when_it_ends(store: Store, tmp_path: Path) -> None:
    projects.create_project(store, "Mails")
    found = Watching(store, tmp_path / "log")
    found.step()
    assert found.process is None, "nothing is watched yet"
    switch(store, on=True)
    found.step()
    first = found.process
    assert first is not None
    found.step()
    assert found.process is first
    first.kill()
    first.wait()
    found.step()
    second = found.process
    assert second is not None
    assert second is not first
    found.close()
    assert second.poll() is not None


def test_what_cannot_be_started_is_a_line_in_the_log(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "COMMAND", (str(tmp_path / "no program"),))
    projects.create_project(store, "Mails")
    switch(store, on=True)
    found = Watching(store, tmp_path / "log")
    found.step()
    assert found.process is None
    found.close()
