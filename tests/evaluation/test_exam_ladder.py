from pathlib import Path

import pytest

from storage.database import Store
from storage.tables import Run
from tests.helpers.exams import accuracies, add_exam, add_trained, answers
from workbench.evaluation import evaluations
from workbench.evaluation.exam_ladder import ladder_of, more_rungs
from workbench.evaluation.told import told


def _more(store: Store, run_id: int, scores: dict[str, dict[str, float]], split: str = "test"):
    table = answers(["yes"] * 4, ["yes"] * 4, base=["no"] * 4)
    add_exam(store, run_id, table, scores, split=split)
    return more_rungs(store, evaluations.list_evaluations(store, run_id)[0])


def test_an_old_exam_can_be_compared_with_what_is_cheap(store: Store, tmp_path: Path) -> None:
    run = add_trained(store, tmp_path)
    found = _more(store, run.run_id, {"baseline": {"accuracy": 0.5}, "tuned": {"accuracy": 1.0}})
    assert found == ("frequent", "nearest")


def test_a_model_that_writes_can_be_shown_examples(store: Store, tmp_path: Path) -> None:
    run = add_trained(store, tmp_path, task="completion", kind="causal")
    scored = {"frequent": {"chrf": 1.0}, "nearest": {"chrf": 30.0}, "tuned": {"chrf": 40.0}}
    assert _more(store, run.run_id, scored) == ("examples",)
    (tmp_path / "adapter of Run 1" / "leaned_on.parquet").write_bytes(b"")
    assert _more(store, run.run_id, scored) == (), "it was shown examples anyway"


@pytest.mark.parametrize(
    ("task", "split"), [("language-modelling", "test"), ("completion", "a.csv")]
)
def test_documents_and_files_have_nobody_else_to_ask(
    store: Store, tmp_path: Path, task: str, split: str
) -> None:
    run = add_trained(store, tmp_path, task=task, kind="causal")
    assert _more(store, run.run_id, {"tuned": {"chrf": 1.0}}, split) == ()


def test_an_exam_by_turns_is_not_taken_again(store: Store, tmp_path: Path) -> None:
    run = add_trained(store, tmp_path)
    with store.write() as session:
        row = session.get_one(Run, run.run_id)
        row.result = {**(row.result or {}), "exam": "turns"}
    assert _more(store, run.run_id, {"tuned": {"accuracy": 1.0}}) == ()


def test_before_training_an_encoder_is_a_probe(store: Store, tmp_path: Path) -> None:
    run = add_trained(store, tmp_path)
    table = answers(["Delivery", "Refund"] * 20, ["Delivery", "Refund"] * 20, base=["Refund"] * 40)
    add_exam(store, run.run_id, table, accuracies(table))
    info = evaluations.list_evaluations(store, run.run_id)[0]
    found = ladder_of(store, info, evaluations.predictions(store, info.id))
    assert [rung.key for rung in found.rungs] == ["probe", "tuned"]
    said = told(store, info)
    assert said["base"] == {"accuracy": 0.5}
    assert said["ladder"]["probe"]["scores"] == {"accuracy": 0.5}
    assert said["verdict"]["use"] == "tuned"
