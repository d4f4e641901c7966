"""`import --hub`: a data set of a hub on this machine becomes a version."""

import json
from collections.abc import Iterator

import pytest

from storage import files
from storage.database import Store
from tests.fakes.hub import FakeHub, hub_here
from workbench.cli import main
from workbench.cli.hub import data_sets
from workbench.data.files import hub_sets
from workbench.jobs.job import JobView, get_job
from workbench.projects import projects

NAME = "harbour/letters"
ROWS = "text,category\n" + "".join(f"letter number {i},kind {i % 3}\n" for i in range(40))


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    with hub_here(monkeypatch) as hub:
        hub.files[NAME] = {"train.csv": ROWS.encode(), "test.csv": b"text,category\na,b\n"}
        hub.cards[NAME] = {"license": "mit"}
        monkeypatch.setattr(data_sets, "finished", lambda store, job_id: _done(store, hub, job_id))
        yield hub


def _done(store: Store, hub: FakeHub, job_id: int) -> JobView:
    """As the worker and its engine leave it, for one file."""
    from storage.tables import Job

    folder = files.job_folder(job_id)
    folder.mkdir(parents=True)
    with store.write() as session:
        job = session.get_one(Job, job_id)
        (name,) = job.spec["files"]
        (folder / hub_sets.FETCHED).write_bytes(hub.files[job.spec["hub_id"]][name])
        job.status, job.result = "succeeded", {"status": "succeeded", "name": job.spec["name"]}
    return get_job(store, job_id)


def test_a_split_of_a_data_set_becomes_a_version(
    hub: FakeHub, store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    order = ["import", "--hub", NAME, "--split", "train", "--project", "Letters", "--json"]
    assert main(order) == 0
    said = capsys.readouterr()
    made = json.loads(said.out)
    assert (made["rows"], made["dataset"]) == (40, "harbour letters train")
    assert "harbour/letters: 1 file" in said.err
    assert "licence mit" in said.err


def test_a_part_that_is_not_there_is_named_and_leaves_no_project(
    hub: FakeHub, store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import", "--hub", NAME, "--split", "dev", "--project", "Letters"]) == 2
    assert "no split 'dev': choose one of test, train" in capsys.readouterr().err
    assert not projects.project_names(store)


@pytest.mark.parametrize(
    ("order", "said"),
    [
        ([], "Name a FILE, or a data set of the hub with --hub."),
        (["--hub", NAME, "a.csv"], "Name a FILE, or a data set of the hub with --hub."),
        (["a.csv", "--split", "train"], "add --hub NAME"),
    ],
)
def test_a_file_or_a_data_set_is_wanted(
    order: list[str], said: str, store: Store, tmp_path: object,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(str(tmp_path))
    open("a.csv", "w").close()
    assert main(["import", *order, "--project", "Letters"]) == 2
    assert said in capsys.readouterr().err
