"""What people say of judged pairs, wherever they said it."""

from pathlib import Path

import pytest

from storage import conversations as rows
from storage.database import Store
from tests.helpers.blind import SCORES, add_judged, judge
from tests.helpers.exams import Trained, add_exam, add_trained, answers
from tests.helpers.judged import add_mixed
from workbench.core.errors import WorkbenchError
from workbench.evaluation.judge.rubric import Pair
from workbench.evaluation.judged import pairs, people
from workbench.evaluation.people import blind_tests


def _drawn(store: Store, trained: Trained, other: str = "base") -> list[Pair]:
    found = pairs.draw(store, trained.run_id, other, with_expected=True, most=500)
    return [*found.pairs]


def _say(store: Store, trained: Trained, pair: Pair, mine: str, other: str) -> None:
    """Both answers to a question, rated in the playground: up, down, or another answer."""
    with store.write() as session:
        talk = rows.add(session, trained.project_id, trained.run_id, "A talk")
        rows.add_message(session, talk.id, "user", pair.question)
        for text, opinion in ((pair.mine, mine), (pair.other, other)):
            message = rows.add_message(session, talk.id, "assistant", f" {text}\n", model="run-1")
            if opinion in ("up", "down", ""):
                message.rating = opinion
            else:
                message.correction = opinion


def _newer(store: Store, folder: Path, first: Trained) -> Trained:
    """A newer run that was asked the same questions."""
    folder.mkdir()
    newer = add_trained(
        store, folder, task="completion", kind="causal", project_id=first.project_id, name="Run 2"
    )
    wanted = [f"It is <b>good</b> {i}." for i in range(30)]
    inputs = [f"Where is <i>parcel</i> {i}?" for i in range(30)]
    table = answers(wanted, [f"It is fine {i}." for i in range(30)], inputs=inputs)
    add_exam(store, newer.run_id, table, SCORES)
    return newer


def test_votes_of_blind_tests_count_whichever_side_the_run_is_on(
    store: Store, tmp_path: Path
) -> None:
    first = add_judged(store, tmp_path, rows=30, alike=0)
    second = _newer(store, tmp_path / "other", first)
    made = blind_tests.start_blind_test(store, first.run_id)
    for _ in range(5):
        judge(store, made.token, "ann")
    said = people.people_say(store, first.run_id, _drawn(store, first))
    assert [*said.values()] == [1] * 5
    made = blind_tests.start_blind_test(store, first.run_id, second.run_id)
    for _ in range(4):
        judge(store, made.token, "bob")
    older = _drawn(store, second, f"run {first.run_id}")
    assert [*people.people_say(store, second.run_id, older).values()] == [-1] * 4


def test_the_playground_counts_where_both_answers_were_rated(store: Store, tmp_path: Path) -> None:
    trained = add_mixed(store, tmp_path)
    found = _drawn(store, trained)
    _say(store, trained, found[0], "up", "down")
    _say(store, trained, found[1], "No, that is wrong.", "up")
    _say(store, trained, found[2], "up", "up")
    _say(store, trained, found[3], "up", "")
    said = people.people_say(store, trained.run_id, found)
    assert said == {found[0].digest: 1, found[1].digest: -1, found[2].digest: 0}


def test_what_several_say_is_what_most_say(store: Store, tmp_path: Path) -> None:
    trained = add_mixed(store, tmp_path)
    pair = _drawn(store, trained)[0]
    people.rate(store, trained.run_id, pair.digest, -1)
    people.rate(store, trained.run_id, pair.digest, 1)  # the last word counts
    assert people.people_say(store, trained.run_id, [pair]) == {pair.digest: 1}
    _say(store, trained, pair, "down", "up")
    assert people.people_say(store, trained.run_id, [pair]) == {pair.digest: 0}
    with pytest.raises(WorkbenchError, match="no answer to choose"):
        people.rate(store, trained.run_id, pair.digest, 2)


def test_each_pair_is_rated_once_on_sides_that_tell_nothing(store: Store, tmp_path: Path) -> None:
    trained = add_mixed(store, tmp_path, rows=40, alike=0)
    found = _drawn(store, trained)
    said: dict[str, int] = {}
    seen = []
    while (pair := people.next_to_rate(found, said)) is not None:
        seen.append(pair)
        said[pair.digest] = 0
    assert len(seen) == len({pair.digest for pair in seen}) == 40
    first = sum(people.mine_is_first(pair) for pair in seen)
    assert 8 <= first <= 32
