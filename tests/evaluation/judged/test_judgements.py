"""Judgings planned, started, gone on with, and held against what people say."""

from pathlib import Path

import pytest

from storage import files
from storage.database import Store
from tests.fakes import judge as fakes
from tests.helpers.exams import add_exam, add_trained, answers
from tests.helpers.judged import add_mixed, judged, rate_all
from tests.helpers.judging import do_queued
from tests.helpers.made import end_job
from workbench.core.errors import WorkbenchError
from workbench.evaluation import evaluations
from workbench.evaluation.judge import replies
from workbench.evaluation.judged import judgements, pairs, plan
from workbench.evaluation.judged.judgement import with_judge
from workbench.evaluation.told import told
from workbench.evaluation.verdict import Verdict
from workbench.jobs import queue

FAR = "https://judge.example/v1"


def test_a_judgement_tells_wins_ties_and_losses(store: Store, tmp_path: Path) -> None:
    trained = add_mixed(store, tmp_path, rows=40, alike=2)
    found = judged(store, trained.run_id)
    assert (found.counts.wins, found.counts.ties, found.counts.losses) == (28, 0, 10)
    assert (found.spec.alike, found.spec.questions) == (2, 40)
    assert found.win_rate == pytest.approx(28 / 38)
    assert found.interval is not None
    assert found.interval[0] < 28 / 38 < found.interval[1]
    assert found.title == "Before training"
    near = judged(store, trained.run_id, other="nearest")
    assert (near.counts.wins, near.counts.ties, near.counts.losses) == (30, 10, 0)
    assert near.win_rate == pytest.approx(35 / 40)


def test_nothing_leaves_this_computer_without_a_yes(store: Store, tmp_path: Path) -> None:
    trained = add_mixed(store, tmp_path)
    planned = plan.plan(store, trained.run_id, FAR, "big", other="base", repeat=2, most=10)
    assert planned.leaves
    assert "10 exam questions, each with the expected answer and two answers" in planned.sentence
    assert "in 40 requests, leave this computer and go to judge.example" in planned.sentence
    with pytest.raises(
        WorkbenchError, match=r"^Nothing is sent before you agree. 10 exam questions"
    ):
        judgements.start(store, planned)
    assert queue.list_jobs(store, active=True) == []
    job_id = judgements.start(store, planned, agreed=True)
    assert judgements.start(store, planned, agreed=True) == job_id
    clear = plan.plan(store, trained.run_id, "http://judge.example/v1", "big", other="base")
    assert "not encrypted on the way" in clear.sentence
    here = plan.plan(store, trained.run_id, "http://127.0.0.1:1/v1", "big", other="base")
    assert not here.leaves
    assert "a program on this computer" in here.sentence


def test_what_the_judge_is_not_to_see_is_not_in_the_plan(store: Store, tmp_path: Path) -> None:
    trained = add_mixed(store, tmp_path)
    planned = plan.plan(store, trained.run_id, FAR, "m", other="base", with_expected=False)
    assert "expected" not in planned.sentence
    assert all(pair.expected == "" for pair in planned.drawn.pairs)
    assert '"expected": ""' in planned.spec.data.read_text()


def test_a_judging_that_was_ended_is_gone_on_with(store: Store, tmp_path: Path) -> None:
    trained = add_mixed(store, tmp_path, rows=12, alike=0)
    with fakes.running(fakes.honest) as judge:
        planned = plan.plan(store, trained.run_id, judge.url, "fair", other="base")
        first = judgements.start(store, planned)
        do_queued(store, first)
        path = files.job_folder(first) / replies.FILE
        kept = [line for line in path.read_text().splitlines() if line][:10]
        path.write_text("\n".join(kept) + "\n")
        end_job(store, first, "cancelled")
        asked = len(judge.bodies)
        second = judgements.start(store, planned)
        assert second != first
        do_queued(store, second)
        assert len(judge.bodies) - asked == 24 - 10
    done = judgements.done(store, planned)
    assert done is not None
    assert done.job.id == second
    other = plan.plan(
        store, trained.run_id, judge.url, "fair", other="base", rubric_text="Be kind."
    )
    assert judgements.done(store, other) is None


def test_the_score_counts_only_once_people_are_known_to_agree(store: Store, tmp_path: Path) -> None:
    trained = add_mixed(store, tmp_path)
    found = judged(store, trained.run_id)
    info = evaluations.list_evaluations(store, trained.run_id)[0]
    verdict = Verdict("tuned", "Yes.", "Good.", ("More.",), "Use it.")
    assert not found.does_count
    assert "People have judged 0 of the same questions" in found.why_not
    assert with_judge(verdict, found) == verdict
    beside = told(store, info)
    assert beside["judge"]["counts"] is False
    assert beside["judge"]["win_rate"] is None
    assert not any("A judge (fair)" in line for line in beside["verdict"]["evidence"])
    rate_all(store, found, 25)
    beside = told(store, info)
    assert beside["judge"]["counts"] is True
    assert beside["judge"]["win_rate"] == pytest.approx(28 / 38)
    assert beside["judge"]["kappa"] == pytest.approx(1)
    assert beside["judge"]["shared"] == 25
    said = next(line for line in beside["verdict"]["evidence"] if "A judge (fair)" in line)
    assert "prefers the trained model to 'Before training' in 73.7" in said
    assert "almost perfect" in said


def test_people_who_see_it_the_other_way_keep_it_from_counting(
    store: Store, tmp_path: Path
) -> None:
    trained = add_mixed(store, tmp_path)
    found = judged(store, trained.run_id)
    rate_all(store, found, 30, contrary=True)
    (found,) = judgements.judgements(store, trained.run_id)
    assert found.agreement.kappa is not None
    assert found.agreement.kappa < 0
    assert not found.does_count
    assert "take a better judge or rubric" in found.why_not


def test_a_judgement_of_another_exam_is_not_told_beside_this_one(
    store: Store, tmp_path: Path
) -> None:
    trained = add_mixed(store, tmp_path)
    judged(store, trained.run_id)
    add_exam(store, trained.run_id, answers(["a"] * 9, ["b"] * 9, base=["c"] * 9), {})
    info = evaluations.list_evaluations(store, trained.run_id)[0]
    assert judgements.of_exam(store, info) is None


def test_what_cannot_be_judged_is_one_sentence(store: Store, tmp_path: Path) -> None:
    sorter = add_trained(store, tmp_path)
    with pytest.raises(WorkbenchError, match="A judge is for answers in free words"):
        pairs.others(store, sorter.run_id)
    (tmp_path / "w").mkdir()
    writer = add_trained(
        store, tmp_path / "w", task="completion", kind="causal", project_id=sorter.project_id
    )
    with pytest.raises(WorkbenchError, match="has not taken its exam"):
        pairs.others(store, writer.run_id)
    add_exam(store, writer.run_id, answers(["a"] * 3, ["b"] * 3, base=["b", "b", "x" * 30_000]), {})
    with pytest.raises(WorkbenchError, match="2 are answered alike and 1 are too long"):
        pairs.draw(store, writer.run_id, "base", with_expected=True, most=9)
    with pytest.raises(
        WorkbenchError, match="'nearest' has not answered this exam; compare with base"
    ):
        pairs.other_named(store, writer.run_id, "nearest")
    with pytest.raises(WorkbenchError, match="number of times of a judging is from 1 to 5, not 9"):
        plan.plan(store, writer.run_id, FAR, "m", other="base", repeat=9)
