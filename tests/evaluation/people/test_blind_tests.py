"""Blind tests as their owner makes and reads them."""

import datetime as dt
from pathlib import Path

import pytest

from storage.database import Store
from storage.people import blind_tests as rows
from storage.tables import BlindTest, now
from tests.helpers.blind import add_judged, add_other, judge
from tests.helpers.exams import add_exam, add_trained, answers
from workbench.core.errors import WorkbenchError
from workbench.evaluation.people import blind_result, blind_tests, judging
from workbench.evaluation.scoring.sequential import Tally, fewest_votes


def _row(store: Store, test_id: int) -> BlindTest:
    with store.read() as session:
        return session.get_one(BlindTest, test_id)


def test_only_questions_answered_differently_are_judged(store: Store, tmp_path: Path) -> None:
    trained = add_judged(store, tmp_path, rows=30, alike=4)
    made = blind_tests.start_blind_test(store, trained.run_id)
    (info,) = blind_tests.list_blind_tests(store, trained.run_id)
    assert (info.pairs, info.alike, info.state) == (26, 4, "open")
    assert (info.mine, info.other) == ("Run 1", "before training")
    assert info.interval == (0.0, 1.0)
    pairs = _row(store, made.test_id).pairs
    assert all("good" in pair["mine"] and "bad" in pair["other"] for pair in pairs)
    assert len({pair["row_id"] for pair in pairs}) == 26


def test_the_token_itself_is_not_kept(store: Store, tmp_path: Path, home: Path) -> None:
    trained = add_judged(store, tmp_path)
    made = blind_tests.start_blind_test(store, trained.run_id)
    judge(store, made.token, "a-seat-that-nobody-guesses")
    row = _row(store, made.test_id)
    assert made.token not in str(vars(row))
    with store.read() as session:
        assert "a-seat" not in rows.votes(session, made.test_id)[0].seat


def test_two_runs_are_compared_on_the_questions_that_both_took(
    store: Store, tmp_path: Path
) -> None:
    trained = add_judged(store, tmp_path, rows=30, alike=0)
    other = add_other(store, tmp_path / "other", trained, rows=20)
    assert blind_tests.opponents(store, trained.run_id) == {None: "before training", other.run_id: "Run 2"}  # fmt: skip
    blind_tests.start_blind_test(store, trained.run_id, other.run_id)
    (info,) = blind_tests.list_blind_tests(store, other.run_id)
    assert (info.mine, info.other, info.pairs) == ("Run 1", "Run 2", 20)


def test_what_cannot_be_judged_is_one_sentence(store: Store, tmp_path: Path) -> None:
    trained = add_trained(store, tmp_path, task="completion", kind="causal")
    with pytest.raises(WorkbenchError, match="has not taken its exam"):
        blind_tests.start_blind_test(store, trained.run_id)
    few = answers(["a"] * 9, ["b"] * 9, base=["b"] * 5 + ["c"] * 4)
    add_exam(store, trained.run_id, few, {})
    with pytest.raises(
        WorkbenchError, match="only 4 of the same exam questions differently, and 8"
    ):
        blind_tests.start_blind_test(store, trained.run_id)
    add_exam(store, trained.run_id, answers(["a"] * 9, ["b"] * 9), {})
    with pytest.raises(WorkbenchError, match="before training was not kept"):
        blind_tests.start_blind_test(store, trained.run_id)
    assert blind_tests.opponents(store, trained.run_id) == {}


def test_it_stops_when_it_is_decided(store: Store, tmp_path: Path) -> None:
    trained = add_judged(store, tmp_path)
    made = blind_tests.start_blind_test(store, trained.run_id)
    for number in range(fewest_votes()):
        judge(store, made.token, f"seat-{number % 3}")
    (info,) = blind_tests.list_blind_tests(store, trained.run_id)
    assert (info.state, info.counted, info.people) == ("decided", Tally(8, 0), 3)
    assert blind_result.headline(info) == (
        "Decided: people prefer the answers of 'Run 1' to those of 'before training'."
    )
    assert "In 8 of 8 questions 'Run 1' was preferred (100.0 %" in blind_result.evidence(info)
    with pytest.raises(judging.Closed, match="is over"):
        judge(store, made.token, "seat-1")


def test_the_other_one_can_win(store: Store, tmp_path: Path) -> None:
    trained = add_judged(store, tmp_path)
    made = blind_tests.start_blind_test(store, trained.run_id)
    for _ in range(fewest_votes()):
        judge(store, made.token, "seat", word="bad")
    (info,) = blind_tests.list_blind_tests(store, trained.run_id)
    assert "prefer the answers of 'before training' to those of 'Run 1'" in blind_result.headline(info)  # fmt: skip


def test_it_ends_undecided_when_all_is_judged(store: Store, tmp_path: Path) -> None:
    trained = add_judged(store, tmp_path, rows=12, alike=0)
    made = blind_tests.start_blind_test(store, trained.run_id)
    for number in range(12):
        judge(store, made.token, "seat", word=("good", "bad", "neither")[number % 3])
    (info,) = blind_tests.list_blind_tests(store, trained.run_id)
    assert (info.state, info.counted) == ("undecided", Tally(4, 4, 4))
    assert "it is not decided" in blind_result.headline(info)
    assert "In 4 nobody saw a difference." in blind_result.evidence(info)


def test_a_new_link_ends_the_former_and_keeps_the_votes(store: Store, tmp_path: Path) -> None:
    trained = add_judged(store, tmp_path)
    made = blind_tests.start_blind_test(store, trained.run_id)
    judge(store, made.token, "seat")
    token = blind_tests.renew_link(store, made.test_id)
    with pytest.raises(judging.Closed, match="not good"):
        judge(store, made.token, "seat")
    judge(store, token, "seat")
    (info,) = blind_tests.list_blind_tests(store, trained.run_id)
    assert info.votes == 2
    blind_tests.end_blind_test(store, made.test_id)
    (info,) = blind_tests.list_blind_tests(store, trained.run_id)
    assert info.state == "ended"
    assert blind_result.headline(info) == "Ended before it was decided."
    with pytest.raises(WorkbenchError, match="is over"):
        blind_tests.renew_link(store, made.test_id)


def test_a_link_ends_with_its_time(store: Store, tmp_path: Path) -> None:
    trained = add_judged(store, tmp_path)
    made = blind_tests.start_blind_test(store, trained.run_id)
    with store.write() as session:
        session.get_one(BlindTest, made.test_id).expires_at = now() - dt.timedelta(seconds=1)
    with pytest.raises(judging.Closed, match="time of this link is over"):
        judge(store, made.token, "seat")
    (info,) = blind_tests.list_blind_tests(store, trained.run_id)
    assert info.state == blind_tests.EXPIRED
    assert not info.is_open
    assert "The link's time is over" in blind_result.headline(info)


def test_many_questions_are_bounded(store: Store, tmp_path: Path) -> None:
    trained = add_judged(store, tmp_path, rows=300, alike=0)
    made = blind_tests.start_blind_test(store, trained.run_id)
    assert len(_row(store, made.test_id).pairs) == blind_tests.MOST_PAIRS
