"""Judging with a link."""

from pathlib import Path

import pytest

from storage.database import Store
from storage.people import blind_tests as rows
from tests.helpers.blind import add_judged, judge
from workbench.core.errors import WorkbenchError
from workbench.evaluation.people import blind_tests, judging
from workbench.evaluation.people.judging import FIRST, SAME


@pytest.fixture
def token(store: Store, tmp_path: Path) -> str:
    trained = add_judged(store, tmp_path, rows=60, alike=0)
    return blind_tests.start_blind_test(store, trained.run_id).token


def test_a_person_sees_the_same_until_they_judge(store: Store, token: str) -> None:
    first = judging.next_question(store, token, "ann")
    assert judging.next_question(store, token, "ann") == first
    judge(store, token, "ann")
    second = judging.next_question(store, token, "ann")
    assert second.pair != first.pair
    assert (second.judged, second.mine, second.total) == (1, 1, 60)


def test_people_judge_different_questions(store: Store, token: str) -> None:
    asked = {judging.next_question(store, token, f"person {i}").pair for i in range(12)}
    assert len(asked) > 6


def test_the_order_is_drawn_for_each_person_and_question(store: Store, token: str) -> None:
    first = []
    for i in range(60):
        asked = judging.next_question(store, token, f"person {i}")
        first.append("good" in asked.first)
        assert ("good" in asked.second) != ("good" in asked.first)
    assert 15 < sum(first) < 45


def test_nothing_that_is_shown_tells_whose_it_is(store: Store, token: str) -> None:
    shown = str(judging.next_question(store, token, "ann"))
    for name in ("Run 1", "tiny", "Mails", "tuned", "base", "before training"):
        assert name not in shown


def test_a_vote_counts_for_the_answer_that_stood_there(store: Store, token: str) -> None:
    for i in range(6):
        judge(store, token, f"person {i}")
    with store.read() as session:
        test = rows.by_token(session, blind_tests.digest(token))
        assert test is not None
        choices = {vote.choice for vote in rows.votes(session, test.id)}
    assert choices == {1}


def test_who_judges_a_question_second_is_kept_and_not_counted(store: Store, token: str) -> None:
    asked = judging.next_question(store, token, "ann")
    for seat in ("ann", "ann", "bob"):
        judging.vote(store, token, seat, asked.pair, SAME if seat == "bob" else FIRST)
    with store.read() as session:
        test = rows.by_token(session, blind_tests.digest(token))
        assert test is not None
        votes = rows.votes(session, test.id)
    assert len(votes) == 2
    assert len(blind_tests.counted(votes)) == 1
    assert blind_tests.counted(votes)[0] != 0


@pytest.mark.parametrize(("pair", "choice"), [(-1, FIRST), (60, FIRST), (0, "up"), (0, "")])
def test_what_is_no_choice_is_refused(store: Store, token: str, pair: int, choice: str) -> None:
    with pytest.raises(WorkbenchError, match="no answer to choose"):
        judging.vote(store, token, "ann", pair, choice)


@pytest.mark.parametrize("wrong", ["", "guessed", "x" * 10_000])
def test_a_wrong_link_is_one_sentence(store: Store, token: str, wrong: str) -> None:
    with pytest.raises(judging.Closed, match="not good"):
        judging.next_question(store, wrong, "ann")


def test_votes_outlive_the_process(store: Store, token: str) -> None:
    judge(store, token, "ann")
    store.close()
    again = Store(store.url)
    asked = judging.next_question(again, token, "ann")
    assert (asked.judged, asked.mine) == (1, 1)
    again.close()
