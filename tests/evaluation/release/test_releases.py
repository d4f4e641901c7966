"""Releases: what goes live, what does not, and what is kept of it."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from storage import files
from storage.database import Store
from storage.tables import DatasetVersion
from tests.helpers.exams import (
    Trained,
    accuracies,
    add_exam,
    add_trained,
    answer_queued,
    exam_of_categories,
)
from workbench.core.errors import WorkbenchError
from workbench.core.tasks import EXTRACTION
from workbench.evaluation import evaluations, slices
from workbench.evaluation.release import asking, must_pass, releases
from workbench.evaluation.release.comparison import compare
from workbench.evaluation.release.gate import check_gate
from workbench.evaluation.release.releases import GateRefused
from workbench.evaluation.scoring.slices.grouping import Group
from workbench.projects import projects
from workbench.training import runs


def version(
    store: Store, folder: Path, right: int, project_id: int | None = None, name: str = "Run 1"
) -> Trained:
    """A scored run of a project."""
    place = folder / name
    place.mkdir()
    trained = add_trained(store, place, project_id=project_id, name=name)
    table = exam_of_categories(right, 40, 50)
    add_exam(store, trained.run_id, table, accuracies(table))
    return trained


def three(store: Store, folder: Path) -> tuple[int, list[int]]:
    """A project of three versions, each a little better; their ids."""
    first = version(store, folder, 80)
    others = [version(store, folder, 80 + 5 * i, first.project_id, f"Run {i + 1}") for i in (1, 2)]
    return first.project_id, [first.run_id, *(one.run_id for one in others)]


def told_the_server() -> str:
    """What the model server reads: the model behind the only project's live name."""
    (name,) = json.loads((files.folder("serve") / "live.json").read_text("utf-8"))
    return str(name["model"])


def test_the_model_server_is_told_of_each_release_at_once(store: Store, tmp_path: Path) -> None:
    project_id, ids = three(store, tmp_path)
    for run_id in ids[:2]:
        releases.make_live(store, run_id, approver="Ann")
        assert told_the_server() == f"run-{run_id}"
    releases.go_back(store, project_id, approver="Ann")
    assert told_the_server() == f"run-{ids[0]}"
    releases.take_off(store, project_id)
    assert told_the_server() == ""


def test_going_back_undoes_one_release_after_the_other(store: Store, tmp_path: Path) -> None:
    project_id, ids = three(store, tmp_path)
    assert releases.live(store, project_id) is None
    assert releases.former(store, project_id) is None
    for number, run_id in enumerate(ids):
        made = releases.make_live(store, run_id, approver=" Ann  Lee ", note=f"note {number}")
        assert (made.run_id, made.approver, made.note) == (run_id, "Ann Lee", f"note {number}")

    assert releases.go_back(store, project_id, approver="Bo").run_id == ids[1]
    assert releases.go_back(store, project_id, approver="Bo").run_id == ids[0]
    with pytest.raises(WorkbenchError, match="No other version was live before"):
        releases.go_back(store, project_id, approver="Bo")
    releases.make_live(store, ids[2], approver="Ann")
    assert releases.go_back(store, project_id, approver="Bo").run_id == ids[0]

    found = releases.history(store, project_id)
    assert [one.run_id for one in found] == [ids[0], ids[2], ids[0], ids[1], ids[2], ids[1], ids[0]]
    assert [one.is_live for one in found] == [True] + 6 * [False]
    times = [moment for one in reversed(found) for moment in (one.released_at, one.ended_at)]
    assert times[:-1] == sorted(filter(None, times)), "one begins when the other ends"
    assert found[3].back_to == found[5].id


def test_what_was_taken_off_comes_back(store: Store, tmp_path: Path) -> None:
    project_id, ids = three(store, tmp_path)
    releases.make_live(store, ids[0], approver="Ann")
    releases.take_off(store, project_id)
    assert releases.live(store, project_id) is None
    with pytest.raises(WorkbenchError, match="Nothing is live"):
        releases.take_off(store, project_id)
    assert releases.go_back(store, project_id, approver="Ann").run_id == ids[0]
    releases.take_off(store, project_id)
    releases.make_live(store, ids[0], approver="Ann")
    assert releases.former(store, project_id) is None, "it was never another one"


def test_a_live_run_is_not_deleted_and_one_that_was_stays_on_record(
    store: Store, tmp_path: Path
) -> None:
    project_id, ids = three(store, tmp_path)
    releases.make_live(store, ids[0], approver="Ann", note="First")
    assert "1 release ('Run 1' is live)" in projects.deletion_summary(store, project_id)
    with pytest.raises(WorkbenchError, match="'Run 1' is live"):
        runs.delete_run(store, ids[0])
    assert runs.was_live(store, ids[0])
    assert not runs.was_live(store, ids[1])
    releases.make_live(store, ids[1], approver="Ann")
    runs.rename_run(store, ids[0], "Another name")
    runs.delete_run(store, ids[0])
    kept = releases.history(store, project_id)[1]
    assert (kept.run_id, kept.run_name, kept.note) == (None, "Run 1", "First")
    assert kept.about["score"] == "80.0 % of exam questions right"
    assert releases.former(store, project_id) is None
    projects.delete_project(store, project_id)


def test_the_gate_lets_pass_what_is_no_worse(store: Store, tmp_path: Path) -> None:
    _, ids = three(store, tmp_path)
    first = check_gate(store, ids[0])
    assert first.passed
    assert [(check.name, check.passed) for check in first.checks] == [
        ("score", True),
        ("must_pass", None),
        ("slices", None),
    ]
    releases.make_live(store, ids[0], approver="Ann")
    second = check_gate(store, ids[1])
    assert second.passed
    assert second.checks[0].sentence == (
        "On the same 100 exam questions: 85.0 % right answers, the live version 80.0 %. "
        "The difference is within what chance alone could do."
    )
    assert (second.checks[0].facts["mended"], second.checks[0].facts["broken"]) == (5, 0)
    assert second.checks[2].passed


def test_a_worse_one_is_refused_unless_somebody_says_why(store: Store, tmp_path: Path) -> None:
    good = version(store, tmp_path, 95)
    bad = version(store, tmp_path, 70, good.project_id, "Run 2")
    releases.make_live(store, good.run_id, approver="Ann")
    with pytest.raises(GateRefused, match="worse by more than chance would make it") as refused:
        releases.make_live(store, bad.run_id, approver="Ann")
    assert "category 'Product question' (75.0 % → 0.0 % of 20 questions)" in str(refused.value)
    assert releases.live(store, good.project_id).run_id == good.run_id  # type: ignore[union-attr]

    made = releases.make_live(store, bad.run_id, approver="Ann", reason="The other leaks names")
    assert made.overruled == "The other leaks names"
    assert not made.gate["passed"]
    assert [check["passed"] for check in made.gate["checks"]] == [False, None, False]


def test_a_reason_is_kept_only_where_the_gate_was_overruled(store: Store, tmp_path: Path) -> None:
    trained = version(store, tmp_path, 95)
    made = releases.make_live(store, trained.run_id, approver="Ann", reason="Just in case")
    assert made.overruled == ""


def test_how_much_a_group_may_lose_is_the_projects_own(store: Store, tmp_path: Path) -> None:
    project_id, ids = three(store, tmp_path)
    releases.make_live(store, ids[2], approver="Ann")  # 50 % of the last 20, then 25 %
    gate = check_gate(store, ids[1], releases.most_worse(store, project_id))
    assert [check.passed for check in gate.checks] == [True, None, False]
    releases.set_most_worse(store, project_id, 30)
    gate = check_gate(store, ids[1], releases.most_worse(store, project_id))
    assert gate.checks[2].passed
    assert "more than 30 points" in gate.checks[2].sentence
    with pytest.raises(WorkbenchError, match="0 to 100"):
        releases.set_most_worse(store, project_id, 101)


def test_what_a_group_lost_by_chance_is_told_and_refuses_nobody(
    store: Store, tmp_path: Path
) -> None:
    good = version(store, tmp_path, 90)
    releases.make_live(store, good.run_id, approver="Ann")
    other = version(store, tmp_path, 87, good.project_id, "Run 2")
    check = check_gate(store, other.run_id).checks[2]
    assert check.passed
    assert check.sentence == (
        "Worse by more than 5 points: category 'Product question' (50.0 % → 35.0 % of 20 questions); "
        "that is within what chance alone could do."
    )


def test_a_column_of_the_table_can_refuse(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last 20 questions of 100 came from the north; 7 of them are wrong now."""
    north = Group("Region", "North", np.arange(80, 100))
    monkeypatch.setattr(slices, "groups_in", lambda *_: slices.Groups((north,)))
    monkeypatch.setattr("workbench.evaluation.release.comparison.categories", lambda *_: [])
    good = version(store, tmp_path, 95)
    releases.make_live(store, good.run_id, approver="Ann")
    other = version(store, tmp_path, 88, good.project_id, "Run 2")
    check = check_gate(store, other.run_id).checks[2]
    assert check.passed is False
    assert check.sentence == (
        "Worse by more than 5 points: region 'North' (75.0 % → 40.0 % of 20 questions)."
    )


@pytest.mark.parametrize("approver", ["", "  ", "x" * 81])
def test_somebody_approves(store: Store, tmp_path: Path, approver: str) -> None:
    trained = version(store, tmp_path, 95)
    with pytest.raises(WorkbenchError, match="name"):
        releases.make_live(store, trained.run_id, approver=approver)


def test_what_is_live_does_not_go_live_again(store: Store, tmp_path: Path) -> None:
    trained = version(store, tmp_path, 95)
    releases.make_live(store, trained.run_id, approver="Ann")
    with pytest.raises(WorkbenchError, match="is live already"):
        releases.make_live(store, trained.run_id, approver="Ann")


def test_one_without_an_exam_or_worse_than_the_baseline_is_refused(
    store: Store, tmp_path: Path
) -> None:
    unscored = add_trained(store, tmp_path)
    assert "has not taken an exam" in check_gate(store, unscored.run_id).refusal
    table = exam_of_categories(40, 30, 80)
    add_exam(store, unscored.run_id, table, accuracies(table))
    gate = check_gate(store, unscored.run_id)
    assert not gate.passed
    assert "worse than the simple baseline" in gate.refusal


def by_turns(table: pd.DataFrame, turns: int = 5) -> pd.DataFrame:
    return table.assign(turn=[i % turns for i in range(len(table))])


def test_exams_by_turns_are_compared_only_with_the_same_turns(store: Store, tmp_path: Path) -> None:
    first = add_trained(store, tmp_path)
    table = by_turns(exam_of_categories(80, 40, 50))
    add_exam(store, first.run_id, table, accuracies(table))
    for name, other, rows in (
        ("same", by_turns(exam_of_categories(85, 40, 50)), 100),
        ("other turns", by_turns(exam_of_categories(85, 40, 50), 3), 0),
        ("apart", exam_of_categories(85, 40, 50), 0),
    ):
        folder = tmp_path / name
        folder.mkdir()
        one = add_trained(store, folder, project_id=first.project_id, name=name)
        add_exam(store, one.run_id, other, accuracies(other))
        found = compare(store, one.run_id, first.run_id)
        assert len(found.rows) == rows, name
        assert bool(found.why_not) == (rows == 0), name
    releases.make_live(store, first.run_id, approver="Ann")
    assert "cannot be compared with the live version" in check_gate(store, one.run_id).refusal


def test_a_file_that_both_were_scored_on_compares_them_without_what_they_learned(
    store: Store, tmp_path: Path
) -> None:
    """Of the 60 rows of the data some are learned: those of the file among them do not count."""
    one = add_trained(store, tmp_path)
    folder = tmp_path / "other"
    folder.mkdir()
    two = add_trained(store, folder, project_id=one.project_id, name="Run 2")
    own = exam_of_categories(80, 40, 50)
    own["input"] = [f"Where is parcel number {i}?" for i in range(100)]
    for run_id in (one.run_id, two.run_id):
        add_exam(store, run_id, own, accuracies(own), split="mine.csv")
    add_exam(store, one.run_id, by_turns(own), accuracies(own))
    add_exam(store, two.run_id, exam_of_categories(80, 40, 50), accuracies(own))
    found = compare(store, two.run_id, one.run_id)
    learned = {
        number
        for split in ("train", "validation")
        for number in _numbers(store, one.version_id, split)
        | _numbers(store, two.version_id, split)
    }
    assert 0 < len(learned) < 60
    assert set(found.rows["input"]) == {
        f"Where is parcel number {i}?" for i in range(100) if i not in learned
    }


def _numbers(store: Store, version_id: int, split: str) -> set[int]:
    from workbench.data import versions

    rows = versions.read_examples(versions.get_version(store, version_id)).to_pylist()
    return {int(row["text"].split()[-1][:-1]) for row in rows if row["split"] == split}


def test_must_pass_examples_are_asked_by_a_job_and_looked_at(store: Store, tmp_path: Path) -> None:
    trained = version(store, tmp_path, 95)
    run_id = trained.run_id
    must_pass.add(store, run_id, "Is *this* it?", "Refund")
    (one,) = asking.results(store, run_id)
    assert (one.answer, one.passed) == (None, None)
    assert "1 of 1 must-pass example has not been asked yet" in check_gate(store, run_id).refusal
    job_id = asking.start(store, run_id)
    assert asking.start(store, run_id) == job_id, "not twice"
    spec = answer_queued(store, tmp_path, kind="must-pass", output="Delivery")
    assert pd.read_parquet(spec["data"])["text"].tolist() == ["Is *this* it?"]
    assert "came out wrong: 'Is *this* it?'" in check_gate(store, run_id).refusal
    assert asking.start(store, run_id) is None, "its answer will not change"

    must_pass.add(store, run_id, "And this?", "Refund")
    asking.start(store, run_id)
    spec = answer_queued(store, tmp_path, kind="must-pass", output="Refund")
    assert pd.read_parquet(spec["data"])["text"].tolist() == ["And this?"]
    must_pass.remove(store, trained.project_id, one.example.id)
    gate = check_gate(store, run_id)
    assert gate.passed
    assert gate.checks[1].sentence == "1 must-pass example. It is right."
    with pytest.raises(WorkbenchError, match="no must-pass example"):
        must_pass.remove(store, trained.project_id, one.example.id)


def test_a_row_of_the_exam_needs_no_asking_unless_it_was_learned(
    store: Store, tmp_path: Path
) -> None:
    trained = version(store, tmp_path, 95)
    (exam,) = evaluations.list_evaluations(store, trained.run_id)
    must_pass.add_exam_row(store, exam.id, 2)
    must_pass.add_exam_row(store, exam.id, 101)
    assert [found.passed for found in asking.results(store, trained.run_id)] == [True, False]
    with pytest.raises(WorkbenchError, match="no row 4711"):
        must_pass.add_exam_row(store, exam.id, 4711)
    turns = by_turns(exam_of_categories(95, 40, 50))
    add_exam(store, trained.run_id, turns, accuracies(turns))
    assert [found.passed for found in asking.results(store, trained.run_id)] == [None, None]


@pytest.mark.parametrize(
    ("question", "expected", "rule", "sentence"),
    [
        ("", "Refund", "", "needs a question"),
        ("Hello?", " ", "", "needs a question"),
        ("Hello?", "Career", "", "none of the categories"),
        ("Hello?", "Refund", "contains", "no rule 'contains'"),
        ("x" * 20_001, "Refund", "", "longer than 20,000"),
    ],
)
def test_an_example_that_cannot_come_out_right_is_refused(
    store: Store, tmp_path: Path, question: str, expected: str, rule: str, sentence: str
) -> None:
    trained = add_trained(store, tmp_path)
    with pytest.raises(WorkbenchError, match=sentence):
        must_pass.add(store, trained.run_id, question, expected, rule)


def test_fields_are_held_against_fields(store: Store, tmp_path: Path) -> None:
    trained = add_trained(store, tmp_path, task="completion", kind="causal")
    with store.write() as session:
        session.get_one(DatasetVersion, trained.version_id).task = EXTRACTION.name
    with pytest.raises(WorkbenchError, match="fields as JSON"):
        must_pass.add(store, trained.run_id, "Total 9.50", "9.50")
    must_pass.add(store, trained.run_id, "Total 9.50", "{'total': '9.50', 'shop': 'A'}")
    (one,) = must_pass.list_examples(store, trained.project_id)
    assert one.is_passed('{"shop": "A",  "total": "9.50"}')
    assert not one.is_passed('{"total": "9.50"}')
    assert not one.is_passed("9.50")


def test_free_texts_are_held_against_a_phrase(store: Store, tmp_path: Path) -> None:
    trained = add_trained(store, tmp_path, task="completion", kind="causal")
    for expected, rule in (("30  Days", "contains"), ("lawyer", "lacks"), ("30 days.", "same")):
        must_pass.add(store, trained.run_id, "How long?", expected, rule)
    asking.start(store, trained.run_id)
    spec = answer_queued(
        store, tmp_path, kind="must-pass", output="You have 30 days, says our lawyer."
    )
    assert pd.read_parquet(spec["data"])["prompt"].tolist() == 3 * ["How long?"]
    assert [found.passed for found in asking.results(store, trained.run_id)] == [True, False, False]


def test_a_copied_project_has_the_must_pass_examples_and_nothing_live(
    store: Store, tmp_path: Path
) -> None:
    trained = version(store, tmp_path, 95)
    must_pass.add(store, trained.run_id, "Hello?", "Refund")
    releases.make_live(store, trained.run_id, approver="Ann", reason="not asked yet")
    copy_id = projects.duplicate_project(store, trained.project_id)
    assert [one.question for one in must_pass.list_examples(store, copy_id)] == ["Hello?"]
    assert releases.history(store, copy_id) == []
