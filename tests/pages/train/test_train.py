"""The Train page: presets, settings, what it costs, and the start."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from storage.database import Store
from storage.tables import DatasetVersion
from tests.helpers.made import add_dataset, end_job
from tests.helpers.trainings import model_id, run_of, version_id
from tests.pages.opened import open_page, texts
from tests.training.test_outlook import told
from workbench.data import versions
from workbench.evaluation.exam_left import ExamLeft
from workbench.jobs import queue
from workbench.jobs.job import get_job
from workbench.jobs.process.specs import MeasureSpec
from workbench.models import catalogue
from workbench.projects import projects
from workbench.system import drafts
from workbench.system.hardware import hardware
from workbench.training import outlook, runs
from workbench.training.presets import preset
from workbench.ui.training import start_from

PAGE = "pages/train/train.py"


def _labels(at: AppTest) -> list[str]:
    kinds = ("number_input", "selectbox", "toggle", "text_input")
    return [widget.label for kind in kinds for widget in at.get(kind)]


def test_without_data_it_leads_there(store: Store) -> None:
    project_id = projects.create_project(store, "Mails")
    at = open_page(PAGE, project=project_id)
    assert "nothing to learn from yet" in texts(at)
    assert at.button(key="go").label == "Go to Data"


def test_without_a_model_it_leads_there(store: Store) -> None:
    project_id = projects.create_project(store, "Mails")
    add_dataset(store, project_id)
    at = open_page(PAGE, project=project_id)
    at.button(key="go").click().run()
    assert at.title[0].value == "Which model fits?"


def test_three_presets_say_what_they_cost(project_id: int) -> None:
    at = open_page(PAGE, project=project_id)
    said = texts(at)
    for title in ("Quick look", "Balanced", "Thorough"):
        assert title in said
    assert said.count(":material/schedule: **") == 3
    assert at.button(key="start").label == "Start training"


def test_starting_queues_the_preset_and_shows_the_run(store: Store, project_id: int) -> None:
    at = open_page(PAGE, project=project_id)
    at.button(key="preset-thorough").click().run()
    at.text_input(key="name").set_value("First try").run()
    at.button(key="start").click().run()
    assert not at.exception
    (run,) = runs.list_runs(store, project_id)
    expected = preset("thorough", task="classification", family="encoder", rows=320)
    assert run.recipe == expected.as_dict()
    assert (run.name, run.status) == ("First try", "queued")
    assert at.query_params["run"] == str(run.id)
    assert at.title[0].value == "How is it learning?"


def test_settings_are_kept_over_a_visit(store: Store, project_id: int) -> None:
    at = open_page(PAGE, project=project_id)
    at.number_input(key="set-balanced-encoder-classification-num_train_epochs").set_value(9.0)
    at.run()
    at.text_input(key="name").set_value("Nine passes").run()
    again = open_page(PAGE, project=project_id)
    epochs = again.number_input(key="set-balanced-encoder-classification-num_train_epochs")
    assert epochs.value == 9.0
    assert again.text_input(key="name").value == "Nine passes"
    again.button(key="start").click().run()
    (run,) = runs.list_runs(store, project_id)
    assert run.recipe["num_train_epochs"] == 9.0


def test_changes_can_be_undone(store: Store, project_id: int) -> None:
    key = "set-balanced-encoder-classification-num_train_epochs"
    at = open_page(PAGE, project=project_id)
    usual = at.number_input(key=key).value
    at.number_input(key=key).set_value(9.0).run()
    at.button(key="undo").click().run()
    assert not at.exception
    assert at.number_input(key=key).value == usual
    assert drafts.get_draft(store, project_id, "train")["settings"] == {}


def test_settings_that_mean_nothing_are_hidden(store: Store, project_id: int) -> None:
    labels = _labels(open_page(PAGE, project=project_id))
    assert "Weights of the base model" not in labels
    assert "Learning strength (LoRA rank r)" not in labels
    assert "Label smoothing" in labels
    projects.choose_model(store, project_id, model_id(store, "causal"))
    labels = _labels(open_page(PAGE, project=project_id))
    assert "Weights of the base model" in labels
    assert "Double quantisation" in labels
    assert "Learning strength (LoRA rank r)" in labels


def test_every_setting_explains_itself(project_id: int) -> None:
    at = open_page(PAGE, project=project_id)
    fields = [w for w in at.number_input if str(w.key).startswith("set-")]
    assert len(fields) > 8
    assert all(field.help for field in fields)


def _short_of_memory(monkeypatch: pytest.MonkeyPatch, limit_mb: float) -> None:
    monkeypatch.setattr(outlook, "limit_mb", lambda _: limit_mb)


def test_where_it_does_not_fit_one_click_takes_the_steps_over(
    store: Store, project_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    _short_of_memory(monkeypatch, 970.0)
    at = open_page(PAGE, project=project_id)
    assert "This does not fit: it needs about" in texts(at)
    at.button(key="rung-batch").click().run()
    assert not at.exception
    key = "set-balanced-encoder-classification-"
    assert at.number_input(key=f"{key}per_device_train_batch_size").value < 64
    assert at.number_input(key=f"{key}gradient_accumulation_steps").value > 1


def test_measuring_first_is_a_job_with_its_own_cancel(store: Store, project_id: int) -> None:
    at = open_page(PAGE, project=project_id)
    at.button(key="measure").click().run()
    assert not at.exception
    (job,) = [job for job in queue.list_jobs(store) if job.kind == MeasureSpec.kind]
    assert job.status == "queued"
    assert "Measuring" in texts(at)
    at.button(key="measure-cancel").click().run()
    assert get_job(store, job.id).status == "cancelled"


def test_what_was_measured_is_shown_in_place_of_the_estimate(store: Store, project_id: int) -> None:
    at = open_page(PAGE, project=project_id)
    at.button(key="measure").click().run()
    (job,) = [job for job in queue.list_jobs(store) if job.kind == MeasureSpec.kind]
    end_job(store, job.id, measured=told())
    again = open_page(PAGE, project=project_id)
    assert "2.5 GB of memory (measured)" in texts(again)
    assert "measure" not in [button.key for button in again.button]


def test_few_rows_are_asked_by_turns_unless_an_exam_is_put_aside(
    store: Store, project_id: int
) -> None:
    with store.write() as session:
        version = session.get_one(DatasetVersion, version_id(store, project_id))
        version.report = {**version.report, "turns": {"turns": 5, "rows": 400, "forward": False}}
    at = open_page(PAGE, project=project_id)
    assert "Each of 400 rows is an exam question once" in texts(at)
    at.selectbox(key="set-balanced-encoder-classification-exam").set_value("apart").run()
    assert "exam question once" not in texts(at)
    assert "put aside; the model never learns from them" in texts(at)
    at.button(key="start").click().run()
    assert not at.exception
    assert runs.list_runs(store, project_id)[0].recipe["exam"] == "apart"


def test_a_model_that_writes_is_offered_an_exam_by_turns_with_its_time(store: Store) -> None:
    project_id = projects.create_project(store, "Replies")
    version_id = add_dataset(store, project_id, task="completion", rows=300)
    projects.choose_model(store, project_id, model_id(store, "causal"))
    with store.write() as session:
        version = session.get_one(DatasetVersion, version_id)
        version.report = {**version.report, "turns": {"turns": 5, "rows": 300, "forward": False}}
    at = open_page(PAGE, project=project_id)
    assert "put aside; the model never learns from them" in texts(at)
    offer = at.button(key="exam-turns")
    assert offer.label.startswith("Ask all 300 rows instead, by turns: takes ")
    model = catalogue.get_model(store, model_id(store, "causal"))
    usual = preset("balanced", task="completion", family="causal", rows=240)
    version_ = versions.get_version(store, version_id)
    machine = hardware()
    apart, turns = (
        outlook.expected(store, machine, version_, model, usual.changed(exam=exam)).estimate
        for exam in ("apart", "turns")
    )
    assert turns.seconds > 3 * apart.seconds
    offer.click().run()
    assert "Each of 300 rows is an exam question once" in texts(at)
    at.button(key="start").click().run()
    assert not at.exception
    assert runs.list_runs(store, project_id)[0].recipe["exam"] == "turns"


def test_who_goes_on_from_a_model_is_told_what_is_left_of_the_exam(
    store: Store, project_id: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = run_of(store, project_id, "succeeded", adapter=str(tmp_path))
    asked = []

    def left(_: Store, start: int, version: versions.VersionInfo) -> ExamLeft:
        asked.append((start, version.id))
        return ExamLeft(0, 40)

    monkeypatch.setattr(start_from, "exam_left", left)
    at = open_page(PAGE, project=project_id)
    assert "there would be no exam" not in texts(at)
    at.selectbox(key=f"start-from-{model_id(store)}").select(run_id).run()
    assert "learned all 40 exam questions of this data" in texts(at)
    assert asked == [(run_id, versions.list_versions(store, project_id)[0].id)]
