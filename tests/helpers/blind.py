"""Two runs with exams whose answers differ, and people who judge them."""

from pathlib import Path

from storage.database import Store
from tests.helpers.exams import Trained, add_exam, add_trained, answers
from workbench.evaluation.people import judging

SCORES = {"base": {"chrf": 8.0}, "tuned": {"chrf": 70.0}}


def add_judged(store: Store, folder: Path, rows: int = 30, alike: int = 4) -> Trained:
    """A run whose answers differ from the base model's in all but some rows."""
    trained = add_trained(store, folder, task="completion", kind="causal")
    tuned = [f"It is <b>good</b> {i}." for i in range(rows)]
    base = [text if i < alike else f"It is bad {i}." for i, text in enumerate(tuned)]
    inputs = [f"Where is <i>parcel</i> {i}?" for i in range(rows)]
    add_exam(store, trained.run_id, answers(tuned, tuned, base=base, inputs=inputs), SCORES)
    return trained


def add_other(store: Store, folder: Path, first: Trained, rows: int = 20) -> Trained:
    """Another run of the project that answered the first of the same questions."""
    folder.mkdir()
    other = add_trained(
        store, folder, task="completion", kind="causal", project_id=first.project_id, name="Run 2"
    )
    inputs = [f"Where is <i>parcel</i> {i}?" for i in range(rows)]
    tuned = [f"It is fine {i}." for i in range(rows)]
    add_exam(store, other.run_id, answers(tuned, tuned, inputs=inputs), SCORES)
    return other


def judge(store: Store, token: str, seat: str, word: str = "good") -> None:
    """This person prefers the answer that has the word; no difference where neither has."""
    asked = judging.next_question(store, token, seat)
    choice = judging.SAME
    if word in asked.first:
        choice = judging.FIRST
    elif word in asked.second:
        choice = judging.SECOND
    judging.vote(store, token, seat, asked.pair, choice)
