"""Starting, watching and deleting runs."""

import json
import shutil
from pathlib import Path

import pytest
import sqlalchemy as sa

from storage import cache, files, jobs, models, runs
from storage.database import Store
from storage.tables import Dataset, DatasetVersion, Job, Project, Run
from tests.fakes.harness import add_run, folder_of, job_of
from tests.helpers.folders import T5, model_folder
from workbench.core.errors import WorkbenchError
from workbench.core.recipe import Recipe
from workbench.models import catalogue
from workbench.training import runs as training
from workbench.training.runs import StartedRun


@pytest.fixture
def model_id(store: Store, tmp_path: Path) -> int:
    """A base model that writes text, in a folder."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps({"model_type": "llama"}))
    with store.write() as session:
        return models.add(
            session,
            name="tiny-writer",
            source="folder",
            location=str(folder),
            kind="causal",
            facts={"parameters": 1000, "hidden_size": 8, "layers": 1, "vocab_size": 10},
        ).id


@pytest.fixture
def version_id(store: Store) -> int:
    """The one dataset version of project 1."""
    with store.write() as session:
        session.delete(session.get_one(Run, add_run(session)))
        return 1


def start(store: Store, version_id: int, model_id: int, **more: object) -> StartedRun:
    values = {"project_id": 1, "recipe": Recipe(), **more}
    return training.start_run(
        store,
        version_id=version_id,
        base_model_id=model_id,
        **values,  # type: ignore[arg-type]
    )


def counts(store: Store) -> tuple[int, int]:
    with store.read() as session:
        run_count = session.scalar(sa.select(sa.func.count(Run.id))) or 0
        return run_count, session.scalar(sa.select(sa.func.count(Job.id))) or 0


def test_a_started_run_waits_with_all_that_the_trainer_needs(
    store: Store, version_id: int, model_id: int, tmp_path: Path
) -> None:
    started = start(store, version_id, model_id, recipe=Recipe(seed=7, r=8))
    spec = job_of(store, started.job_id).spec
    assert spec == {
        "kind": "train",
        "together": True,
        "run_id": started.run_id,
        "task": "completion",
        "data": str(files.object_path("c" * 64)),
        "system": "Be kind.",
        "base": {
            "name": "tiny-writer",
            "path": str(tmp_path / "tiny"),
            "kind": "causal",
            "revision": "",
        },
        "recipe": Recipe(seed=7, r=8).as_dict(),
        "cache": str(cache.folder()),
    }
    assert Path(spec["data"]).is_absolute()
    run = training.get_run(store, started.run_id)
    assert (run.name, run.status, run.base_model, run.dataset_name) == (
        "Run 1",
        "queued",
        "tiny-writer",
        "Replies",
    )
    assert (run.recipe["r"], run.task, run.splits["train"]) == (8, "completion", 8)
    assert (run.attempts, run.result, run.scores, run.is_usable) == ((), None, {}, False)


def test_runs_are_listed_newest_first_by_their_names(
    store: Store, version_id: int, model_id: int
) -> None:
    start(store, version_id, model_id)
    start(store, version_id, model_id, name="  With  more   rank ")
    assert [run.name for run in training.list_runs(store, 1)] == ["With more rank", "Run 1"]


def test_a_run_gives_its_project_a_base_model_unless_one_was_chosen(
    store: Store, version_id: int, model_id: int
) -> None:
    start(store, version_id, model_id)
    with store.write() as session:
        project = session.get_one(Project, 1)
        assert project.base_model_id == model_id
        other = models.add(
            session, name="other", source="folder", location="/x", kind="causal", facts={}
        ).id
        project.base_model_id = other
    start(store, version_id, model_id)
    with store.read() as session:
        assert session.get_one(Project, 1).base_model_id == other


def test_a_run_can_start_right_behind_another(store: Store, version_id: int, model_id: int) -> None:
    first, last = (start(store, version_id, model_id) for _ in range(2))
    between = start(store, version_id, model_id, after_job_id=first.job_id)
    assert training.get_run(store, between.run_id).job.ahead == 1
    assert training.get_run(store, last.run_id).job.ahead == 2


def test_an_encoder_learns_only_categories(store: Store, version_id: int) -> None:
    encoder = catalogue.resolve_model(store, "all-MiniLM-L6-v2")
    with pytest.raises(
        WorkbenchError, match="only sorts texts into categories or estimates numbers, but"
    ):
        start(store, version_id, encoder.id)
    assert counts(store) == (0, 0)


def test_an_encoder_decoder_does_not_learn_documents(
    store: Store, version_id: int, tmp_path: Path
) -> None:
    rewriter = catalogue.add_folder(store, model_folder(tmp_path / "t5-small", T5))
    with store.write() as session:
        session.get_one(DatasetVersion, version_id).task = "language-modelling"
    before = counts(store)
    with pytest.raises(WorkbenchError, match="t5-small turns one text into another and does not"):
        start(store, version_id, rewriter)
    assert counts(store) == before


def test_a_model_whose_files_are_gone_is_named(
    store: Store, version_id: int, model_id: int, tmp_path: Path
) -> None:
    shutil.rmtree(tmp_path / "tiny")
    with pytest.raises(WorkbenchError, match="files of tiny-writer are not in"):
        start(store, version_id, model_id)


def test_data_without_examples_to_learn_from_is_refused(
    store: Store, version_id: int, model_id: int
) -> None:
    with store.write() as session:
        session.get_one(DatasetVersion, version_id).splits = {"train": 0, "test": 10}
    with pytest.raises(WorkbenchError, match="no examples to learn from"):
        start(store, version_id, model_id)


def test_data_of_another_project_is_refused(store: Store, version_id: int, model_id: int) -> None:
    with store.write() as session:
        session.add(Project(name="other"))
    with pytest.raises(WorkbenchError, match="no dataset version 1"):
        start(store, version_id, model_id, project_id=2)


def test_a_recipe_out_of_bounds_is_refused(store: Store, version_id: int, model_id: int) -> None:
    with pytest.raises(WorkbenchError, match="setting r must be from 1 to 256"):
        start(store, version_id, model_id, recipe=Recipe(r=1000))


def test_a_disk_that_is_too_small_is_said_before_anything_starts(
    store: Store, version_id: int, model_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage("/")._replace(free=50_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)
    with pytest.raises(WorkbenchError, match="only 50 MB are free"):
        start(store, version_id, model_id)
    assert counts(store) == (0, 0)


def test_a_curve_has_its_steps_and_values(store: Store, version_id: int, model_id: int) -> None:
    run_id = start(store, version_id, model_id).run_id
    with store.write() as session:
        points = [("train", step, {"loss": 1.0, "epoch": 0.5}) for step in range(2000)]
        runs.put_metrics(session, run_id, [*points, ("validation", 10, {"loss": 2.0})])
    drawn = training.curve(store, run_id, "train")
    assert len(drawn) <= 500
    assert drawn[0] == {"step": 0, "loss": 1.0, "epoch": 0.5}
    assert drawn[-1]["step"] == 1999
    assert training.curve(store, run_id, "validation") == [{"step": 10, "loss": 2.0}]


def test_the_log_is_empty_until_there_is_one(store: Store, version_id: int, model_id: int) -> None:
    started = start(store, version_id, model_id)
    assert training.log_tail(store, started.run_id) == ""
    folder_of(started.job_id).path.mkdir(parents=True)
    folder_of(started.job_id).log.write_text("one\ntwo\nthree\n")
    assert training.log_tail(store, started.run_id, lines=2) == "two\nthree"


def test_cancelling_a_run_that_waits_ends_it(store: Store, version_id: int, model_id: int) -> None:
    run_id = start(store, version_id, model_id).run_id
    assert training.cancel_run(store, run_id).status == "cancelled"
    assert training.get_run(store, run_id).reason == "Cancelled before it started."


def test_a_run_can_be_renamed_but_not_to_nothing(
    store: Store, version_id: int, model_id: int
) -> None:
    run_id = start(store, version_id, model_id).run_id
    training.rename_run(store, run_id, " Best one ")
    with pytest.raises(WorkbenchError, match="needs a name"):
        training.rename_run(store, run_id, "  ")
    with pytest.raises(WorkbenchError, match="81 characters"):
        training.rename_run(store, run_id, "x" * 81)
    assert training.get_run(store, run_id).name == "Best one"


def test_a_run_that_is_worked_on_is_not_deleted(
    store: Store, version_id: int, model_id: int
) -> None:
    started = start(store, version_id, model_id)
    with pytest.raises(WorkbenchError, match="still being worked on"):
        training.delete_run(store, started.run_id)
    training.cancel_run(store, started.run_id)
    folder_of(started.job_id).path.mkdir(parents=True)
    training.delete_run(store, started.run_id)
    assert counts(store) == (0, 0)
    assert not folder_of(started.job_id).path.exists()
    with pytest.raises(WorkbenchError, match=f"no training run {started.run_id}"):
        training.get_run(store, started.run_id)
    with store.read() as session:
        assert session.get(Dataset, 1) is not None


def test_a_page_gets_the_tries_of_a_run(store: Store, version_id: int, model_id: int) -> None:
    started = start(store, version_id, model_id)
    with store.write() as session:
        jobs.claim(session, ("train",))
        jobs.end_attempt(session, started.job_id, 1, -9, "It was ended.")
    (attempt,) = training.get_run(store, started.run_id).attempts
    assert (attempt.attempt, attempt.reason) == (1, "It was ended.")
