"""The Train page of a run: from its queue to its end, and those before it."""

from pathlib import Path

import pytest

from storage import files
from storage.database import Store
from storage.tables import Job, Metric, Project, Run, now
from tests.helpers.trainings import change_job, model_id, run_of
from tests.pages.opened import open_page, texts
from workbench.core.recipe import CONTRASTIVE, Recipe
from workbench.system import drafts
from workbench.training import runs

PAGE = "pages/train/train.py"
REPEATS = ("Train again exactly", "Is it luck? Other random seeds")


def test_a_run_that_learns_shows_how_far_it_is(store: Store, project_id: int) -> None:
    run_id = run_of(store, project_id, "running")
    change_job(
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
    run_id = run_of(store, project_id, "queued")
    assert "Starts in a moment" in texts(open_page(PAGE, project=project_id, run=run_id))


def test_cancelling_asks_and_says_what_is_kept(store: Store, project_id: int) -> None:
    run_id = run_of(store, project_id, "queued")
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
    run_id = run_of(store, project_id, "succeeded", scores=scores, rows=40, seconds=250.0)
    at = open_page(PAGE, project=project_id, run=run_id)
    assert "got 95.0 % right" in at.success[0].value
    assert at.button(key="evaluate").label == "See how good it is"
    assert {*REPEATS} <= {box.label for box in at.expander}
    assert "cancel" not in {button.key for button in at.button}


@pytest.mark.parametrize(("exam", "shown"), [("turns", False), ("apart", True)])
def test_the_score_that_chose_the_way_stands_beside_no_exam_by_turns(
    store: Store, project_id: int, exam: str, shown: bool
) -> None:
    """It flatters a little, and two scores of the same rows would contradict each other."""
    run_id = run_of(store, project_id, "succeeded", exam=exam)
    with store.write() as session:
        run = session.get_one(Run, run_id)
        run.recipe = Recipe(objective=CONTRASTIVE).as_dict()
        for step, accuracy in ((0, 0.814), (100, 0.906)):
            values = {"accuracy": accuracy}
            session.add(Metric(run_id=run_id, kind="validation", step=step, values=values))
    said = texts(open_page(PAGE, project=project_id, run=run_id))
    assert "Few examples are learned in another way" in said
    assert ("**81.4 %** were sorted right without learning and **90.6 %** with it" in said) == shown


def test_a_failed_run_can_be_tried_again_with_its_settings(store: Store, project_id: int) -> None:
    run_id = run_of(store, project_id, "failed")
    change_job(store, reason="Memory ran out: lower the batch size.")
    at = open_page(PAGE, project=project_id, run=run_id)
    assert "Memory ran out" in at.error[0].value
    at.button(key="again").click().run()
    assert not at.exception
    assert at.title[0].value == "Ready to train?"
    draft = drafts.get_draft(store, project_id, "train")
    assert draft["settings"]["method"] == "lora"  # the run's, where the preset trains all weights


def test_after_memory_ran_out_settings_that_fit_are_offered(store: Store, project_id: int) -> None:
    run_id = run_of(store, project_id, "failed")
    change_job(store, reason="Memory ran out.", result={"out_of_memory": True})
    at = open_page(PAGE, project=project_id, run=run_id)
    assert "These settings will fit: Examples per step (batch size): 8 instead of 16" in texts(at)
    at.button(key="fit").click().run()
    assert at.title[0].value == "Ready to train?"
    assert (
        drafts.get_draft(store, project_id, "train")["settings"]["per_device_train_batch_size"] == 8
    )


def test_a_failed_training_goes_on_from_its_last_checkpoint(store: Store, project_id: int) -> None:
    run_id = run_of(store, project_id, "failed")
    change_job(store, reason="The disk is full.")
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
    run_id = run_of(store, project_id, "running")
    at = open_page(PAGE, project=project_id, run=run_id)
    at.button(key="pause").click().run()
    assert runs.get_run(store, run_id).job.pause_requested_at is not None
    change_job(store, status="paused", reason="Paused at your request at step 5.")
    at = open_page(PAGE, project=project_id, run=run_id)
    assert "Paused at your request at step 5" in texts(at)
    at.button(key="resume").click().run()
    assert runs.get_run(store, run_id).status == "queued"


def test_a_run_that_is_gone_is_a_sentence(project_id: int) -> None:
    at = open_page(PAGE, project=project_id, run=77)
    assert "There is no training run 77" in at.error[0].value


def test_earlier_runs_are_listed_whatever_the_next_one_lacks(store: Store, project_id: int) -> None:
    run_of(store, project_id, "succeeded")
    with store.write() as session:
        session.get_one(Project, project_id).base_model_id = None
    at = open_page(PAGE, project=project_id)
    assert "Choose the model" in at.info[0].value
    assert "Trainings so far" in texts(at)


def test_earlier_runs_are_listed_renamed_and_deleted(store: Store, project_id: int) -> None:
    scores = {"test": {"tuned": {"accuracy": 0.95}}}
    run_id = run_of(store, project_id, "succeeded", scores=scores)
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


def test_a_finished_run_is_trained_further_with_one_click(
    store: Store, project_id: int, tmp_path: Path
) -> None:
    run_id = run_of(store, project_id, "succeeded", adapter=str(tmp_path))
    at = open_page(PAGE, project=project_id, run=run_id)
    at.button(key="further").click().run()
    assert not at.exception
    assert at.title[0].value == "Ready to train?"
    box = at.selectbox(key=f"start-from-{model_id(store)}")
    assert (box.label, box.value) == ("Start from", run_id)
    at.button(key="start").click().run()
    started = runs.list_runs(store, project_id)[0]
    assert [link.run_id for link in started.chain] == [run_id]
    at = open_page(PAGE, project=project_id, run=started.id)
    assert "Trained further: all-MiniLM-L6-v2 → Balanced 1 (Categories, version 1) → " in " ".join(
        caption.value for caption in at.caption
    )
