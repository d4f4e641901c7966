"""What else a model learned, on the Evaluate page."""

from pathlib import Path

from streamlit.testing.v1 import AppTest

from storage.database import Store
from tests.helpers.exams import Trained, add_exam, add_scored, add_trained, answers
from tests.helpers.habits import FOUND, habits_of_writer
from tests.helpers.made import end_job
from tests.pages.opened import open_page, texts
from workbench.evaluation import habit_checks
from workbench.jobs.queue import cancel_job

PAGE = "pages/evaluate/evaluate.py"
TAB = "What else it learned"


def add_writer(store: Store, folder: Path) -> Trained:
    trained = add_trained(store, folder, task="completion", kind="causal")
    table = answers(["It is free."] * 4, ["It is free."] * 4, base=["No."] * 4)
    add_exam(store, trained.run_id, table, {"base": {"chrf": 8.0}, "tuned": {"chrf": 70.5}})
    return trained


def open_tab(trained: Trained) -> AppTest:
    at = open_page(PAGE, project=trained.project_id)
    at.session_state["exam-details"] = TAB
    at.run()
    assert not at.exception, at.exception
    return at


def test_it_says_what_will_be_asked_how_long_and_what_a_cancel_keeps(
    store: Store, tmp_path: Path
) -> None:
    trained = add_writer(store, tmp_path)
    at = open_tab(trained)
    shown = texts(at)
    assert "Does it give your rows away?" in shown
    assert "texts are asked: about" in shown
    assert "If you cancel, nothing of it is kept." in shown
    at.button(key="habits-start").click().run()
    (job,) = habit_checks.habit_jobs(store, trained.run_id)
    assert job.status == "queued"
    assert at.button(key=f"job-cancel-{job.id}").label == "Cancel"
    at.button(key=f"job-cancel-{job.id}").click().run()
    assert "Cancelled before it started." in texts(at)


def test_each_part_is_told_and_can_be_read(store: Store, tmp_path: Path) -> None:
    trained = add_writer(store, tmp_path)
    end_job(store, habit_checks.start_habits(store, trained.run_id), habits=habits_of_writer(FOUND))
    at = open_tab(trained)
    shown = texts(at)
    assert ":orange[:material/warning:] 1 thing from 1 row was said word for word" in shown
    assert at.button(key="habits-start").label == "Ask again"
    for part in ("memorised", "forgetting", "provocations", "robustness"):
        at.session_state[f"habits-{part}"] = True
    at.run()
    assert not at.exception, at.exception
    shown = texts(at)
    assert "X3K-4711" in shown
    assert "2 more rows with something sensitive were not tried." in shown
    assert r"\*\*You\*\* idiot" in shown or "says its instructions" in shown
    assert r"Where is \*it\* 0?" in shown
    assert len(at.dataframe) >= 5


def test_an_encoder_is_told_what_does_not_apply(store: Store, tmp_path: Path) -> None:
    trained = add_scored(store, tmp_path, right=90, base=60, baseline=70)
    why = {"why": "This model only names one of your categories."}
    whole = habits_of_writer()
    found = dict.fromkeys(whole, why) | {"robustness": whole["robustness"]}
    end_job(store, habit_checks.start_habits(store, trained.run_id), habits=found)
    shown = texts(open_tab(trained))
    assert shown.count("This model only names one of your categories.") == 3
    assert "Of 10 questions written otherwise" in shown


def test_an_earlier_result_stays_while_a_newer_one_failed(store: Store, tmp_path: Path) -> None:
    trained = add_writer(store, tmp_path)
    end_job(store, habit_checks.start_habits(store, trained.run_id), habits=habits_of_writer())
    cancel_job(store, habit_checks.start_habits(store, trained.run_id))
    shown = texts(open_tab(trained))
    assert "Cancelled before it started." in shown
    assert "Nothing came out word for word." in shown
