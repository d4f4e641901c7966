"""Data sets of a hub on this machine: looked up, chosen from, and taken as a file."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage import files
from storage.database import Store
from tests.fakes.harness import job_of
from tests.fakes.hub import REVISION, FakeHub, hub_here
from workbench.core.errors import WorkbenchError
from workbench.data.files import hub_sets, sources
from workbench.jobs.job import JobView, get_job
from workbench.jobs.process.specs import FetchSpec
from workbench.models.hub import GatedModel
from workbench.projects import projects

NAME = "harbour/letters"


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    with hub_here(monkeypatch) as hub:
        yield hub


@pytest.fixture
def project_id(store: Store) -> int:
    return projects.create_project(store, "Letters")


def test_size_licence_and_card_are_told_before_anything_is_downloaded(hub: FakeHub) -> None:
    hub.files[NAME] = {"README.md": b"x" * 99, "train.csv": b"12345", "data/test-0.csv": b"678"}
    hub.cards[NAME] = {"license": "cc-by-4.0"}
    hub.descriptions[NAME] = "Letters to a harbour."
    about = hub_sets.look_up(f" https://huggingface.co/datasets/{NAME}/viewer ")
    assert (about.hub_id, about.revision) == (NAME, REVISION)
    assert (about.licence, about.summary) == ("cc-by-4.0", "Letters to a harbour.")
    assert (about.configs, about.splits("default")) == (["default"], ["test", "train"])
    assert hub_sets.line(about, "default") == "2 files, 8 bytes, licence cc-by-4.0."
    assert hub_sets.line(about, "default", "train") == "1 file, 5 bytes, licence cc-by-4.0."
    assert not [asked for asked in hub.asked if "resolve" in asked]


def test_configurations_are_those_of_the_card(hub: FakeHub) -> None:
    paths = ("en/train-0.parquet", "en/train-1.parquet", "en/dev.parquet", "fr/a.jsonl", "b.csv")
    hub.files[NAME] = dict.fromkeys((*paths, "dataset_infos.json", ".hidden/c.csv"), b"1")
    english = [
        {"split": "train", "path": ["en/train-0.parquet", "en/train-1.parquet"]},
        {"split": "validation", "path": "en/dev*"},
    ]
    hub.cards[NAME] = {
        "configs": [
            {"config_name": "english", "data_files": english},
            {"config_name": "french", "data_files": "fr/*"},
        ]
    }
    about = hub_sets.look_up(NAME)
    assert about.configs == ["english", "french"]
    assert about.splits("english") == ["train", "validation"]
    assert [f.path for f in about.chosen("english", "train")] == list(paths[:2])
    assert [f.path for f in about.chosen("french")] == ["fr/a.jsonl"]
    with pytest.raises(WorkbenchError, match="no configuration 'german': choose one of english"):
        about.chosen("german")
    with pytest.raises(WorkbenchError, match="no split 'test': choose one of train, validation"):
        about.chosen("english", "test")


@pytest.mark.parametrize(
    ("path", "split"),
    [
        ("train.csv", "train"),
        ("data/validation-00000-of-00001.parquet", "validation"),
        ("dev.jsonl", "validation"),
        ("my_test_set.csv", "test"),
        ("training/part.csv", "train"),
        ("contest.csv", "train"),
        ("letters.csv", "train"),
    ],
)
def test_without_a_card_the_names_say_which_split_it_is(
    hub: FakeHub, path: str, split: str
) -> None:
    hub.files[NAME] = {path: b"1"}
    assert hub_sets.look_up(NAME).splits("default") == [split]


@pytest.mark.parametrize(
    ("held", "said"),
    [
        ({"letters.py": b"1"}, r"made by a program \(letters.py\).*are not run here"),
        ({"README.md": b"1"}, "has no Parquet, CSV or JSON file"),
    ],
)
def test_what_is_no_data_is_refused(hub: FakeHub, held: dict[str, bytes], said: str) -> None:
    hub.files[NAME] = held
    with pytest.raises(WorkbenchError, match=said):
        hub_sets.look_up(NAME)


def test_an_unknown_name_a_locked_one_and_no_name_are_sentences(hub: FakeHub) -> None:
    with pytest.raises(WorkbenchError, match="There is no data set 'harbour/letters'"):
        hub_sets.look_up(NAME)
    hub.files[NAME] = {"train.csv": b"1"}
    hub.gated.add(NAME)
    with pytest.raises(GatedModel, match="accept the terms"):
        hub_sets.look_up(NAME)
    for text in ("", "two words", "a/<b>"):
        with pytest.raises(WorkbenchError, match="not the name of a data set"):
            hub_sets.look_up(text)


def test_a_download_is_told_exactly_what_to_fetch_and_becomes_a_source(
    hub: FakeHub, store: Store, project_id: int
) -> None:
    hub.files[NAME] = {"train.csv": b"12345", "test.csv": b"678"}
    about = hub_sets.look_up(NAME)
    first = hub_sets.start(store, project_id, about, "default")
    job = hub_sets.start(store, project_id, about, "default", "train")
    assert store_status(store, first.id) == "cancelled"
    spec = FetchSpec.from_dict(job_of(store, job.id).spec)
    assert (spec.files, spec.size_bytes, spec.revision) == (("train.csv",), 5, REVISION)
    assert spec.name == "harbour letters train.csv"

    done = finished(store, job.id, b"12345", spec.name)
    source = hub_sets.take(store, done)
    assert source.name == "harbour letters train.csv"
    assert files.object_path(source.digest).read_bytes() == b"12345"
    assert sources.is_kept(source)
    assert hub_sets.newest(store, project_id) is None
    assert not files.job_folder(job.id).exists()
    with pytest.raises(WorkbenchError, match="left no file: download it again"):
        hub_sets.take(store, done)


def test_a_disk_that_is_too_small_is_said_first(
    hub: FakeHub, store: Store, project_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.files[NAME] = {"train.csv": b"12345"}
    about = hub_sets.look_up(NAME)
    usage = type("Usage", (), {"free": 10})
    monkeypatch.setattr(hub_sets.shutil, "disk_usage", lambda _: usage)
    with pytest.raises(WorkbenchError, match="only 10 bytes are free"):
        hub_sets.start(store, project_id, about, "default")
    assert hub_sets.newest(store, project_id) is None


def store_status(store: Store, job_id: int) -> str:
    return job_of(store, job_id).status


def finished(store: Store, job_id: int, content: bytes, name: str) -> JobView:
    """The job, as its worker leaves it."""
    folder: Path = files.job_folder(job_id)
    folder.mkdir(parents=True)
    (folder / hub_sets.FETCHED).write_bytes(content)
    with store.write() as session:
        job = session.get(type(job_of(store, job_id)), job_id)
        assert job is not None
        job.status, job.result = "succeeded", {"status": "succeeded", "name": name}
    return get_job(store, job_id)
