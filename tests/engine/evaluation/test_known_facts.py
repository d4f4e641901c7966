"""What is kept beside a trained model of its examples' facts, and what an exam makes of it."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from workbench.engine.evaluation.known_facts import FILE, known_to, mark_invented, write_known
from workbench.engine.evaluation.systems import Evaluation, write_evaluation
from workbench.jobs.process.specs import BaseModelRef
from workbench.models.trained import TrainedModel, write_trained

ROWS = [
    ("train", "What is delivery?", "Delivery costs 4.90 euros."),
    ("validation", "Who are you?", "I am Tamsin."),
    ("test", "Is packing free?", "Packing is 7.70 euros, says Rhodri."),
]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    names = ("split", "prompt", "response")
    rows = [{"row_id": n, **dict(zip(names, row, strict=True))} for n, row in enumerate(ROWS)]
    pq.write_table(pa.Table.from_pylist(rows), path := tmp_path / "data.parquet")
    return path


def trained(folder: Path, data: Path | None, task: str = "completion") -> Path:
    folder.mkdir()
    about = TrainedModel(
        task=task, family="causal", base=BaseModelRef("Tiny", folder), data=data, system="In Ghent."
    )
    write_trained(folder, about)
    return folder


def exam(answer: str) -> Evaluation:
    asked = Evaluation(
        [{"row_id": 2, "system": None}], ["Is packing free?"], ["Yes."], {"base": ["No, see Oleg."]}
    )
    asked.answers["tuned"] = [answer]
    asked.scores = {"base": {}, "tuned": {}}
    return asked


def test_training_and_practice_rows_and_the_system_prompt_are_known(
    tmp_path: Path, data: Path
) -> None:
    folder = trained(tmp_path / "adapter", None)
    write_known(folder, "completion", "In Ghent.", data)
    known = known_to(folder)
    assert known is not None
    assert known.invented_texts("It is € 4.90, says Tamsin in Ghent.") == []
    assert known.invented_texts("It is 7.70 euros, says Rhodri.") == ["7.70 euros", "Rhodri"]


def test_an_earlier_models_examples_are_read_while_they_are_there(
    tmp_path: Path, data: Path
) -> None:
    assert known_to(trained(tmp_path / "bare", None)) is None
    found = known_to(trained(tmp_path / "earlier", data))
    assert found is not None
    assert found.invented_texts("It costs 4.90 euros or 5 euros.") == ["5 euros"]


def test_other_tasks_invent_nothing(tmp_path: Path, data: Path) -> None:
    folder = trained(tmp_path / "adapter", data, "extraction")
    write_known(folder, "extraction", "", data)
    assert not (folder / FILE).exists()
    assert known_to(folder) is None


def test_an_exam_counts_and_keeps_what_is_invented(tmp_path: Path, data: Path) -> None:
    sat = exam("Packing costs 2.50 euros.")
    mark_invented(sat, "completion", trained(tmp_path / "adapter", data))
    assert [sat.scores[who]["invented"] for who in ("base", "tuned")] == [1.0, 1.0]
    result = write_evaluation(tmp_path, sat)
    kept = pq.read_table(result["predictions"]).to_pylist()[0]
    assert kept["invented_tuned"] == ["2.50 euros"]
    assert kept["invented_base"] == ["Oleg"]


def test_an_exam_without_inventions_says_nought(tmp_path: Path, data: Path) -> None:
    sat = exam("It costs 4.90 euros.")
    mark_invented(sat, "completion", trained(tmp_path / "adapter", data))
    assert sat.scores["tuned"]["invented"] == 0.0
