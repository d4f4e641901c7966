"""Pairs of answers out of what people said of a project's models."""

from pathlib import Path

import pytest

from storage.database import Store
from tests.helpers.blind import add_judged, judge
from tests.helpers.exams import Trained, add_trained
from workbench.core.errors import WorkbenchError
from workbench.core.words import plural
from workbench.data import datasets
from workbench.data.versions import read_examples
from workbench.evaluation.judged import pairs, people
from workbench.evaluation.people import blind_tests, preferred
from workbench.evaluation.people.preferred import CORRECTION, RATING, THUMBS, VOTE
from workbench.use import conversations


def said(
    store: Store, trained: Trained, question: str, answer: str, **details: list[dict[str, str]]
) -> int:
    """An answer of a run's in the playground; its number."""
    talk, _ = conversations.start_conversation(store, trained.project_id, trained.run_id, question)
    found = conversations.add_answer(store, talk, f"run-{trained.run_id}", answer, dict(details))
    assert found is not None
    return found


@pytest.fixture
def trained(store: Store, tmp_path: Path) -> Trained:
    return add_trained(store, tmp_path, task="completion", kind="causal")


def test_a_correction_is_better_than_what_it_corrects(store: Store, trained: Trained) -> None:
    conversations.correct(store, said(store, trained, "Late?", "So what."), "Sorry, yes.")
    earlier = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello."}]
    conversations.correct(store, said(store, trained, "Late?", "No.", earlier=earlier), "Yes.")
    (one, other) = preferred.gathered(store, trained.project_id).pairs
    assert (one.prompt, one.chosen, one.rejected) == ("Late?", "Sorry, yes.", "So what.")
    assert other.prompt.startswith('[{"role": "user", "content": "Hi"}')
    assert {one.source, other.source} == {CORRECTION}


def test_thumbs_on_answers_to_the_same_question_are_pairs(store: Store, trained: Trained) -> None:
    for answer, thumb in (("Kind.", "up"), ("Rude.", "down"), ("Blunt.", "down")):
        conversations.rate(store, said(store, trained, "Late?", answer), thumb)
    conversations.rate(store, said(store, trained, "Elsewhere?", "Kind."), "up")
    found = preferred.gathered(store, trained.project_id)
    assert {(p.chosen, p.rejected) for p in found.pairs} == {
        ("Kind.", "Rude."),
        ("Kind.", "Blunt."),
    }
    assert (found.by_source, found.words) == ({THUMBS: 2}, "2 pairs of thumbs")


def test_the_later_of_two_opposite_judgements_counts(store: Store, trained: Trained) -> None:
    conversations.correct(store, said(store, trained, "Late?", "A."), "B.")
    conversations.correct(store, said(store, trained, "Late?", "B."), "A.")
    (pair,) = preferred.gathered(store, trained.project_id).pairs
    assert (pair.chosen, pair.rejected) == ("A.", "B.")


def test_categories_give_no_pairs(store: Store, tmp_path: Path) -> None:
    trained = add_trained(store, tmp_path, task="classification")
    conversations.correct(store, said(store, trained, "Late?", "refund"), "delivery")
    found = preferred.gathered(store, trained.project_id)
    assert len(found) == 0
    with pytest.raises(WorkbenchError, match=r"There are no pairs yet, and at least 10 are needed"):
        preferred.make_dataset(store, trained.project_id)


def test_blind_votes_and_ratings_become_a_dataset(store: Store, tmp_path: Path) -> None:
    trained = add_judged(store, tmp_path, rows=30, alike=0)
    started = blind_tests.start_blind_test(store, trained.run_id)
    for number in range(8):
        judge(store, started.token, f"seat-{number}")
    few = preferred.gathered(store, trained.project_id)
    assert few.by_source == {VOTE: 8}
    with pytest.raises(WorkbenchError, match="There are 8 pairs, and at least 10"):
        preferred.make_dataset(store, trained.project_id)
    drawn = pairs.draw(store, trained.run_id, "base", with_expected=False, most=99).pairs
    known = {pair.prompt for pair in few.pairs}
    rated = [pair for pair in drawn if pair.question not in known][:4]
    for pair in rated:
        people.rate(store, trained.run_id, pair.digest, -1)
    found = preferred.gathered(store, trained.project_id)
    assert found.by_source == {VOTE: 8, RATING: 4}
    assert found.words == f"{plural(8, 'blind vote')}, 4 ratings"
    made = preferred.make_dataset(store, trained.project_id)
    assert (made.rows, made.created) == (12, True)
    version = datasets.get_version(store, made.version_id)
    assert (version.task, version.dataset_name) == ("preferences", preferred.DATASET)
    rows = read_examples(version).to_pylist()
    better = [row["chosen"] for row in rows]
    assert sum("good" in text for text in better) == 8
    assert sum("bad" in text for text in better) == 4
    again = preferred.make_dataset(store, trained.project_id)
    assert (again.created, again.number) == (False, 1)
