"""Let a model judge, on the Evaluate page."""

from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from storage.database import Store
from tests.fakes import judge as fakes
from tests.helpers.exams import Trained, add_scored
from tests.helpers.judged import add_mixed, judged
from tests.helpers.judging import do_queued
from tests.pages.opened import open_page, texts
from workbench.evaluation.judged import judgements, setup
from workbench.jobs import job as jobs
from workbench.jobs.process.specs import JudgeSpec
from workbench.ui.use import server as model_server
from workbench.use import server

PAGE = "pages/evaluate/evaluate.py"
TAB = "Let a model judge"


def _open(trained: Trained) -> AppTest:
    at = open_page(PAGE, project=trained.project_id, run=trained.run_id)
    at.session_state["exam-details"] = TAB
    at.run()
    assert not at.exception, at.exception
    return at


def _click(at: AppTest, key: str) -> AppTest:
    at.button(key=key).click().run()
    assert not at.exception, at.exception
    return at


def test_it_is_off_until_it_is_set_up_and_asked_where_nothing_leaves(
    store: Store, tmp_path: Path
) -> None:
    trained = add_mixed(store, tmp_path)
    at = _open(trained)
    assert "None is asked until you name one." in texts(at)
    with fakes.running(fakes.honest) as judge:
        at.text_input(key="judge-address").set_value(judge.url)
        at.text_input(key="judge-model").set_value("fair")
        _click(at, "judge-keep")
        assert setup.kept(store) == setup.judge_at(judge.url, "fair")
        at.text_area(key="judge-rubric").set_value("Prefer *good* ones.")
        at.number_input(key="judge-most").set_value(30)
        _click(at, "judge-start")
        (job,) = judgements.judge_jobs(store, trained.run_id)
        do_queued(store, job.id)
    said = texts(_open(trained))
    assert "Not yet to be counted" in said
    assert ":gray[:material/gavel: A judge (fair) prefers the trained model" in said
    assert "People have judged 0 of the same questions" in said
    (found,) = judgements.judgements(store, trained.run_id)
    assert (found.spec.rubric, len(found.verdicts)) == ("Prefer *good* ones.", 30)


def test_before_texts_leave_it_says_what_and_asks(store: Store, tmp_path: Path) -> None:
    trained = add_mixed(store, tmp_path)
    setup.keep(store, setup.judge_at("https://judge.example/v1", "big"))
    at = _click(_open(trained), "judge-start")
    assert "38 exam questions" in texts(at)
    assert "leave this computer and go to judge.example" in texts(at)
    assert judgements.judge_jobs(store, trained.run_id) == []
    at = _click(at, "judge-no")
    assert judgements.judge_jobs(store, trained.run_id) == []
    at = _click(_click(at, "judge-start"), "judge-yes")
    (job,) = judgements.judge_jobs(store, trained.run_id)
    assert job.status == "queued"


def test_rating_some_yourself_makes_it_count(store: Store, tmp_path: Path) -> None:
    trained = add_mixed(store, tmp_path)
    found = judged(store, trained.run_id)
    at = _open(trained)
    for _ in range(20):
        (buttons,) = [[b for b in at.button if (b.key or "").startswith(f"rate-{found.job.id}-")]]
        shown = [str(m.value) for m in at.markdown if str(m.value).startswith("It is ")]
        better = 0 if "good" in shown[0] else 2
        buttons[better].click().run()
        assert not at.exception, at.exception
    said = texts(at)
    assert "Not yet to be counted" not in said
    assert "On 20 questions that people judged, too, it agrees with them in 100" in said
    table = next(one.value for one in at.dataframe if "Verdict" in one.value)
    assert sorted(table["Verdict"]) == ["better"] * 28 + ["worse"] * 10
    assert said.count("A judge (fair) prefers the trained model") == 2  # there, and in the verdict


def test_replies_that_cannot_be_read_are_shown_as_they_came(store: Store, tmp_path: Path) -> None:
    trained = add_mixed(store, tmp_path, rows=12)

    def vague(body: dict[str, Any], number: int) -> str:
        return "I *lean* to <b>A</b>." if number == 3 else fakes.honest(body, number)

    judged(store, trained.run_id, vague)
    at = _open(trained)
    assert "I \\*lean\\* to \\<b>A\\</b>." in texts(at)
    assert "1 could not be read as a verdict and 0 were refused; nothing was guessed." in texts(at)
    assert not [one for one in at.dataframe if "Verdict" in one.value]  # before it counts


def test_a_task_whose_answers_are_right_or_wrong_has_no_judge(store: Store, tmp_path: Path) -> None:
    trained = add_scored(store, tmp_path, 90, 50, 60)
    at = open_page(PAGE, project=trained.project_id, run=trained.run_id)
    assert TAB not in [tab.label for tab in at.tabs]


def test_the_start_of_a_model_here_shows_how_far_it_is_and_can_be_cancelled(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained = add_mixed(store, tmp_path)
    setup.keep(store, setup.judge_at(setup.HERE, "base:SmolLM2-135M-Instruct"))
    at = _open(trained)
    at.number_input(key="judge-most").set_value(20)
    at = _click(at, "judge-start")
    assert server.server_state(store).phase == "starting"
    assert at.status[0].label.startswith("Waiting for the worker")
    assert judgements.judge_jobs(store, trained.run_id) == []
    at = _click(at, "cancel-server")
    assert server.server_state(store).phase == "off"
    assert at.button(key="judge-start"), "the form is there again"
    monkeypatch.setattr(model_server, "address", lambda _model: "http://127.0.0.1:9")
    _click(at, "judge-start")
    (job,) = judgements.judge_jobs(store, trained.run_id)
    with store.read() as session:
        spec = jobs.spec_of(jobs.found_job(session, job.id), JudgeSpec)
    assert spec is not None
    assert spec.url == "http://127.0.0.1:9/v1"
