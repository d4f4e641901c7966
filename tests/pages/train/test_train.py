"""The Train page: presets, settings, start, and a run from its queue to its end."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from storage import files
from storage.database import Store
from storage.tables import DatasetVersion, Job, Metric, Project, now
from tests.helpers.made import add_dataset, add_run, end_job
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
REPEATS = ("Train again exactly", "Is it luck? Other random seeds")


@pytest.fixture
def project_id(store: Store) -> int:
    """A project with data to sort and the encoder chosen."""
    project_id = projects.create_project(store, "Mails")
    add_dataset(store, project_id)
    projects.choose_model(store, project_id, _model_id(store))
    return project_id


def _model_id(store: Store, kind: str = "encoder") -> int:
    return next(model.id for model in catalogue.list_models(store) if model.family == kind)


def _version_id(store: Store, project_id: int) -> int:
    return versions.list_versions(store, project_id)[0].id


def _run(store: Store, project_id: int, status: str, **result: object) -> int:
    return add_run(
        store,
        project_id,
        _version_id(store, project_id),
        _model_id(store),
        status=status,
        name="Balanced 1",
        **result,
    )


def _change_job(store: Store, **values: object) -> None:
    with store.write() as session:
        job = session.query(Job).one()
        for name, value in values.items():
            setattr(job, name, value)


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
    projects.choose_model(store, project_id, _model_id(store, "causal"))
    labels = _labels(open_page(PAGE, project=project_id))
    assert "Weights of the base model" in labels
    assert "Double quantisation" in labels
    assert "Learning strength (LoRA rank r)" in labels


def test_every_setting_explains_itself(project_id: int) -> None:
    at = open_page(PAGE, project=project_id)
    fields = [w for w in at.number_input if str(w.key).startswith("set-")]
    assert len(fields) > 8
    assert all(field.help for field in fields)


def test_a_run_that_learns_shows_how_far_it_is(store: Store, project_id: int) -> None:
    run_id = _run(store, project_id, "running")
    _change_job(
        store,
        progress={"phase": "training", "step": 120, "total_steps": 450, "seconds_left": 245},
        started_at=now(),
        progress_at=now(),
    )
    with store.write() as session:
        for step in (1, 2, 3):
            values = {"loss": 2.0 / step, "learning_rate": 1e-4}
            session.add(Metric(run_id=run_id, kind="train", step=step, values=values))
    at = open_page(PAGE, project=project_id, run=run_id)
    assert "**Learning**" in texts(at)
    (bar,) = at.get("progress")
    assert bar.proto.text == "step 120 of 450 · about 4 minutes left"
    assert bar.proto.value == 26
    assert len(at.get("vega_lite_chart")) == 2


def test_a_run_that_waits_says_so(store: Store, project_id: int) -> None:
    run_id = _run(store, project_id, "queued")
    assert "Starts in a moment" in texts(open_page(PAGE, project=project_id, run=run_id))


def test_cancelling_asks_and_says_what_is_kept(store: Store, project_id: int) -> None:
    run_id = _run(store, project_id, "queued")
    at = open_page(PAGE, project=project_id, run=run_id)
    at.button(key="cancel").click().run()
    assert "nothing is lost" in texts(at)
    assert runs.get_run(store, run_id).status == "queued"
    at.button(key="cancel-yes").click().run()
    assert not at.exception
    assert runs.get_run(store, run_id).status == "cancelled"
    assert at.title[0].value == "How did the training go?"
    assert not {*REPEATS} & {box.label for box in at.expander}, "there is nothing to compare with"


def test_a_finished_run_tells_its_story_and_what_comes_next(store: Store, project_id: int) -> None:
    scores = {"test": {"base": {"accuracy": 0.9}, "tuned": {"accuracy": 0.95}}}
    run_id = _run(store, project_id, "succeeded", scores=scores, rows=40, seconds=250.0)
    at = open_page(PAGE, project=project_id, run=run_id)
    assert "got 95.0 % right" in at.success[0].value
    assert at.button(key="evaluate").label == "See how good it is"
    assert {*REPEATS} <= {box.label for box in at.expander}
    assert "cancel" not in {button.key for button in at.button}


def test_a_failed_run_can_be_tried_again_with_its_settings(store: Store, project_id: int) -> None:
    run_id = _run(store, project_id, "failed")
    _change_job(store, reason="Memory ran out: lower the batch size.")
    at = open_page(PAGE, project=project_id, run=run_id)
    assert "Memory ran out" in at.error[0].value
    at.button(key="again").click().run()
    assert not at.exception
    assert at.title[0].value == "Ready to train?"
    draft = drafts.get_draft(store, project_id, "train")
    assert draft["settings"]["method"] == "lora"  # the run's, where the preset trains all weights


def test_after_memory_ran_out_settings_that_fit_are_offered(store: Store, project_id: int) -> None:
    run_id = _run(store, project_id, "failed")
    _change_job(store, reason="Memory ran out.", result={"out_of_memory": True})
    at = open_page(PAGE, project=project_id, run=run_id)
    assert "These settings will fit: Examples per step (batch size): 8 instead of 16" in texts(at)
    at.button(key="fit").click().run()
    assert at.title[0].value == "Ready to train?"
    assert (
        drafts.get_draft(store, project_id, "train")["settings"]["per_device_train_batch_size"] == 8
    )


def test_a_failed_training_goes_on_from_its_last_checkpoint(store: Store, project_id: int) -> None:
    run_id = _run(store, project_id, "failed")
    _change_job(store, reason="The disk is full.")
    folder = files.folder("jobs", str(runs.get_run(store, run_id).job.id))
    for step in (4, 12):
        (folder / "checkpoints" / f"checkpoint-{step}").mkdir(parents=True)
        (folder / "checkpoints" / f"checkpoint-{step}" / "manifest.json").write_text("{}")
    with store.write() as session:
        for step in (11, 12, 13):
            session.add(Metric(run_id=run_id, kind="train", step=step, values={"loss": 1.0}))
    at = open_page(PAGE, project=project_id, run=run_id)
    assert at.button(key="continue").label == "Go on from step 12"
    at.button(key="continue").click().run()
    newest = runs.list_runs(store, project_id)[0]
    assert (newest.name, newest.status) == ("Balanced 1, continued", "queued")
    assert [point["step"] for point in runs.curve(store, newest.id, "train")] == [11, 12]
    with store.read() as session:
        spec = session.get_one(Job, newest.job.id).spec
    assert spec["continue_from"] == str(folder / "checkpoints")


def test_a_training_is_paused_and_goes_on(store: Store, project_id: int) -> None:
    run_id = _run(store, project_id, "running")
    at = open_page(PAGE, project=project_id, run=run_id)
    at.button(key="pause").click().run()
    assert runs.get_run(store, run_id).job.pause_requested_at is not None
    _change_job(store, status="paused", reason="Paused at your request at step 5.")
    at = open_page(PAGE, project=project_id, run=run_id)
    assert "Paused at your request at step 5" in texts(at)
    at.button(key="resume").click().run()
    assert runs.get_run(store, run_id).status == "queued"


def test_a_run_that_is_gone_is_a_sentence(project_id: int) -> None:
    at = open_page(PAGE, project=project_id, run=77)
    assert "There is no training run 77" in at.error[0].value


def test_earlier_runs_are_listed_whatever_the_next_one_lacks(store: Store, project_id: int) -> None:
    _run(store, project_id, "succeeded")
    with store.write() as session:
        session.get_one(Project, project_id).base_model_id = None
    at = open_page(PAGE, project=project_id)
    assert "Choose the model" in at.info[0].value
    assert "Trainings so far" in texts(at)


def test_earlier_runs_are_listed_renamed_and_deleted(store: Store, project_id: int) -> None:
    scores = {"test": {"tuned": {"accuracy": 0.95}}}
    run_id = _run(store, project_id, "succeeded", scores=scores)
    at = open_page(PAGE, project=project_id)
    assert "95.0 % of exam questions right" in texts(at)
    at.menu_button(key=f"run-menu-{run_id}").click("Rename").run()
    at.text_input(key=f"rename-{run_id}").set_value("The good one").run()
    at.button(key="rename-save").click().run()
    assert runs.get_run(store, run_id).name == "The good one"
    at.menu_button(key=f"run-menu-{run_id}").click("Delete").run()
    assert "This cannot be undone" in texts(at)
    at.button(key="run-delete-yes").click().run()
    assert not at.exception
    assert runs.list_runs(store, project_id) == []


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
        version = session.get_one(DatasetVersion, _version_id(store, project_id))
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
    projects.choose_model(store, project_id, _model_id(store, "causal"))
    with store.write() as session:
        version = session.get_one(DatasetVersion, version_id)
        version.report = {**version.report, "turns": {"turns": 5, "rows": 300, "forward": False}}
    at = open_page(PAGE, project=project_id)
    assert "put aside; the model never learns from them" in texts(at)
    offer = at.button(key="exam-turns")
    assert offer.label.startswith("Ask all 300 rows instead, by turns: takes ")
    model = catalogue.get_model(store, _model_id(store, "causal"))
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
    run_id = _run(store, project_id, "succeeded", adapter=str(tmp_path))
    asked = []

    def left(_: Store, start: int, version: versions.VersionInfo) -> ExamLeft:
        asked.append((start, version.id))
        return ExamLeft(0, 40)

    monkeypatch.setattr(start_from, "exam_left", left)
    at = open_page(PAGE, project=project_id)
    assert "there would be no exam" not in texts(at)
    at.selectbox(key=f"start-from-{_model_id(store)}").select(run_id).run()
    assert "learned all 40 exam questions of this data" in texts(at)
    assert asked == [(run_id, versions.list_versions(store, project_id)[0].id)]


def test_a_finished_run_is_trained_further_with_one_click(
    store: Store, project_id: int, tmp_path: Path
) -> None:
    run_id = _run(store, project_id, "succeeded", adapter=str(tmp_path))
    at = open_page(PAGE, project=project_id, run=run_id)
    at.button(key="further").click().run()
    assert not at.exception
    assert at.title[0].value == "Ready to train?"
    box = at.selectbox(key=f"start-from-{_model_id(store)}")
    assert (box.label, box.value) == ("Start from", run_id)
    at.button(key="start").click().run()
    started = runs.list_runs(store, project_id)[0]
    assert [link.run_id for link in started.chain] == [run_id]
    at = open_page(PAGE, project=project_id, run=started.id)
    assert "Trained further: all-MiniLM-L6-v2 → Balanced 1 (Categories, version 1) → " in " ".join(
        caption.value for caption in at.caption
    )
