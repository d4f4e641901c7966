"""Something simpler goes live in the place of a trained model."""

from pathlib import Path

import pytest

from storage.database import Store
from tests.evaluation.release.test_releases import told_the_server
from tests.helpers.exams import Trained, accuracies, add_exam, add_trained, exam_of_categories
from tests.helpers.released import version
from workbench.core.errors import WorkbenchError
from workbench.evaluation.release import asking, must_pass, releases
from workbench.evaluation.release.gate import check_gate
from workbench.evaluation.release.in_place import candidates, with_rung
from workbench.evaluation.release.releases import GateRefused
from workbench.jobs.process.specs import MustPassSpec
from workbench.training import runs


def scored(store: Store, folder: Path, right: int, baseline: int) -> Trained:
    trained = add_trained(store, folder)
    table = exam_of_categories(right, 40, baseline)
    add_exam(store, trained.run_id, table, accuracies(table))
    return trained


def test_what_is_as_good_goes_live_and_every_way_asks_it(store: Store, tmp_path: Path) -> None:
    trained = scored(store, tmp_path, 90, 91)
    made = releases.make_live(store, trained.run_id, approver="Ann", rung="baseline")
    assert (made.rung, made.run_name) == ("baseline", "Simple baseline in place of Run 1")
    assert made.about["score"] == "91.0 % of exam questions right"
    assert told_the_server() == f"run-{trained.run_id}:baseline"
    score = made.gate["checks"][0]
    assert score["passed"] is True
    assert "Simple baseline: 91.0 %" in score["sentence"]
    with pytest.raises(WorkbenchError, match="is live already"):
        releases.make_live(store, trained.run_id, approver="Ann", rung="baseline")


def test_the_model_may_follow_what_took_its_place_and_one_goes_back(
    store: Store, tmp_path: Path
) -> None:
    trained = scored(store, tmp_path, 99, 60)
    releases.make_live(store, trained.run_id, approver="Ann", rung="baseline", reason="A try")
    gate = check_gate(store, trained.run_id)
    assert gate.live_run_id == trained.run_id, "compared with what answers in its place"
    assert "better by more than chance" in gate.checks[0].sentence
    releases.make_live(store, trained.run_id, approver="Ann")
    assert told_the_server() == f"run-{trained.run_id}"
    assert releases.go_back(store, trained.project_id, approver="Bo").rung == "baseline"
    assert told_the_server() == f"run-{trained.run_id}:baseline"


def test_what_is_worse_needs_a_reason(store: Store, tmp_path: Path) -> None:
    trained = scored(store, tmp_path, 99, 60)
    with pytest.raises(GateRefused, match="The trained model is better by more than chance"):
        releases.make_live(store, trained.run_id, approver="Ann", rung="baseline")
    # It is held against what is live as every version is.
    other = version(store, tmp_path, 95, trained.project_id, "Run 2")
    releases.make_live(store, other.run_id, approver="Ann", reason="So")
    gate = check_gate(store, trained.run_id, rung="baseline")
    assert gate.live_run_id == other.run_id
    assert gate.checks[0].passed is False


def test_only_who_looks_at_the_question_can_do_the_work(store: Store, tmp_path: Path) -> None:
    trained = scored(store, tmp_path, 90, 91)
    with pytest.raises(WorkbenchError, match="cannot do the work of 'Run 1'"):
        releases.make_live(store, trained.run_id, approver="Ann", rung="frequent")
    found = candidates(store, runs.get_run(store, trained.run_id))
    assert [(one.rung, one.score) for one in found] == [("", 0.9), ("baseline", 0.91)]


def test_its_answers_stand_in_the_place_of_the_models() -> None:
    table = exam_of_categories(90, 40, 50).assign(right_tuned=True, right_baseline=False)
    found = with_rung(table, "baseline")
    assert found["tuned"].tolist() == table["baseline"].tolist()
    assert not found["right_tuned"].any()
    assert found["base"].tolist() == table["base"].tolist()
    assert with_rung(table, "") is table


def test_must_pass_examples_are_asked_of_who_answers(store: Store, tmp_path: Path) -> None:
    trained = scored(store, tmp_path, 90, 91)
    must_pass.add(store, trained.run_id, "Where is my parcel?", "Delivery")
    job_id = asking.start(store, trained.run_id, "baseline")
    assert job_id is not None
    with store.read() as session:
        from storage.tables import Job

        spec = MustPassSpec.from_dict(session.get_one(Job, job_id).spec)
    assert spec.rung == "baseline"
    (result,) = asking.results(store, trained.run_id, "baseline")
    assert result.answer is None
