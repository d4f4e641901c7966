"""Must-pass examples: asked, held against, copied."""

from pathlib import Path

import pandas as pd
import pytest

from storage.database import Store
from storage.tables import DatasetVersion
from tests.helpers.exams import (
    accuracies,
    add_exam,
    add_trained,
    answer_queued,
    exam_of_categories,
)
from tests.helpers.released import by_turns, version
from workbench.core.errors import WorkbenchError
from workbench.core.tasks import EXTRACTION
from workbench.evaluation import evaluations
from workbench.evaluation.release import asking, must_pass
from workbench.evaluation.release.gate import check_gate


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
