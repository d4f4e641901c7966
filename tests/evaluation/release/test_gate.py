"""The gate: what may go live, and who is refused why."""

from pathlib import Path

import numpy as np
import pytest

from storage.database import Store
from tests.helpers.exams import (
    accuracies,
    add_exam,
    add_trained,
    exam_of_categories,
)
from tests.helpers.released import three, version
from workbench.core.errors import WorkbenchError
from workbench.evaluation import slices
from workbench.evaluation.release import releases
from workbench.evaluation.release.gate import check_gate
from workbench.evaluation.release.releases import GateRefused
from workbench.evaluation.scoring.slices.grouping import Group


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
