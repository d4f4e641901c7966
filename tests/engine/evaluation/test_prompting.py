"""An instruction is tried on a model as it came, and its answers are scored beside simple ones."""

import contextlib
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from tests.helpers.writers import make_writer, replies, write_rows
from workbench.core.recipe import Recipe
from workbench.engine.causal import engine as causal
from workbench.engine.causal.engine import prompted
from workbench.engine.causal.model import load_causal
from workbench.engine.causal.systems import prompt_of
from workbench.engine.evaluation.prompting import ask
from workbench.jobs.process.job_dir import EventWriter, JobDir
from workbench.jobs.process.report import Report
from workbench.jobs.process.shell import Result
from workbench.jobs.process.specs import BaseModelRef, PromptSpec
from workbench.jobs.process.stop import Stop

pytestmark = pytest.mark.usefixtures("one_thread")
INSTRUCTION = "Answer in one line."


@pytest.fixture(scope="module")
def writer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_writer(tmp_path_factory.mktemp("writer"))


def _spec(writer: Path, folder: Path, **values: Any) -> PromptSpec:
    splits = ["train"] * 16 + ["validation"] * 6
    told: dict[str, Any] = {
        "task": "completion",
        "data": write_rows(folder / "asked.parquet", replies(22)[16:], ["validation"] * 6),
        "learned_from": write_rows(folder / "all.parquet", replies(22), splits),
        "system": INSTRUCTION,
        "base": BaseModelRef("writer", writer, "causal"),
        "recipe": Recipe(quantization="none", eval_max_new_tokens=4),
    }
    return PromptSpec(**{**told, **values})


def _ask(spec: PromptSpec, folder: Path) -> Result:
    folder.mkdir(exist_ok=True)
    job, stop = JobDir(folder), Stop()
    with contextlib.closing(Report(EventWriter(job, 1), stop)) as report:
        return ask(causal, spec, job, report, stop)  # type: ignore[arg-type]


def test_the_answers_are_scored_beside_those_that_need_no_model(
    writer: Path, tmp_path: Path
) -> None:
    found = _ask(_spec(writer, tmp_path), tmp_path / "job")
    table = pq.read_table(found["predictions"]).to_pandas()
    assert found["rows"] == len(table) == 6
    assert table["input"].tolist() == [row["prompt"] for row in replies(22)[16:]]
    assert table["expected"].tolist() == [row["response"] for row in replies(22)[16:]]
    assert {"prompt", "frequent", "nearest"} <= {*table}
    assert found["scores"]["prompt"]["chrf"] >= 0
    assert found["scores"]["nearest"]["chrf"] > 0
    assert found["answer_seconds"]["prompt"] > 0


@pytest.mark.parametrize("shown", [0, 1, 3])
def test_the_model_is_told_the_instruction_and_shown_examples(
    writer: Path, tmp_path: Path, shown: int
) -> None:
    spec = _spec(writer, tmp_path, shown=shown)
    model = load_causal(spec.base, None, spec.recipe, task=spec.task, system=spec.system)
    told = prompt_of(prompted(model, spec), replies(22)[20])
    assert INSTRUCTION in told
    learned = [row["response"] for row in replies(16)]
    assert sum(told.count(answer) for answer in {*learned}) == shown
