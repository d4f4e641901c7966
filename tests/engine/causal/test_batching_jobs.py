"""Jobs that answer files have the engine that batches write, and go on where they were stopped."""

import contextlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch

from tests.helpers import tiny
from tests.helpers.engine_jobs import PEFT_WARNS
from tests.helpers.writers import replies
from workbench.core.recipe import Recipe
from workbench.engine.causal import engine as family
from workbench.engine.causal import generate
from workbench.engine.causal.model import CausalModel
from workbench.engine.evaluation import predict as prediction
from workbench.engine.evaluation.systems import Answers
from workbench.engine.runtime import device
from workbench.engine.serving.engines.forward import Forward
from workbench.jobs.process.job_dir import EventWriter, JobDir
from workbench.jobs.process.parts import parts_in, rows_in
from workbench.jobs.process.report import Report
from workbench.jobs.process.specs import BaseModelRef, PredictSpec
from workbench.jobs.process.stop import Orphaned, Stop

pytestmark = [pytest.mark.filterwarnings(PEFT_WARNS), pytest.mark.usefixtures("one_thread")]
ROWS = [{"row_id": n, **row} for n, row in enumerate(replies(50))]


@pytest.fixture(autouse=True)
def _float32(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "dtype", lambda: torch.float32)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.make_base(tmp_path_factory.mktemp("models") / "base", context=600)


@pytest.fixture(scope="module")
def adapter(base: Path) -> Path:
    return tiny.make_adapter(base, base.parent / "tuned", seed=1, system="Be kind.")


def _spec(base: Path, adapter: Path) -> PredictSpec:
    return PredictSpec(
        task="completion",
        data=base,
        base=BaseModelRef("base", base, "causal"),
        recipe=Recipe().changed(quantization="none", eval_max_new_tokens=6),
        adapter=adapter,
    )


def test_the_job_that_answers_files_uses_it(
    base: Path, adapter: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generate, "_write", lambda *_: pytest.fail("answered by generate"))
    found = family.answerer(_spec(base, adapter))(ROWS[:5], Stop(), lambda _: None)
    assert len(found.texts) == 5


def test_a_file_goes_on_behind_a_kill_as_if_there_had_been_none(
    base: Path, adapter: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prediction, "WRITING_ROWS", 10)
    data = tmp_path / "data.parquet"
    table = pa.table({"row_id": [row["row_id"] for row in ROWS],
                      "prompt": [row["prompt"] for row in ROWS]})  # fmt: skip
    pq.write_table(table, data)
    spec = replace(_spec(base, adapter), data=data)
    whole = _rows_of(_predict(spec, tmp_path / "whole", Stop()))
    assert [row["row_id"] for row in whole] == [row["row_id"] for row in ROWS]
    stop, steps = Stop(), list[int]()
    call = Forward.__call__

    def counted(self: Forward, pieces: Any) -> torch.Tensor:
        steps.append(len(pieces))
        if len(steps) == 20:
            stop.orphan()
        return call(self, pieces)

    with monkeypatch.context() as patch:
        patch.setattr(Forward, "__call__", counted)
        with pytest.raises(Orphaned):
            _predict(spec, tmp_path / "job", stop)
    assert len(steps) == 20
    done = rows_in(parts_in(tmp_path / "job"))
    assert 0 < done < len(ROWS)
    asked: list[int] = []
    answers = family.answer

    def noted(model: CausalModel, rows: Any, *values: Any) -> Answers:
        asked.extend(row["row_id"] for row in rows)
        return answers(model, rows, *values)

    monkeypatch.setattr(family, "answer", noted)
    assert _rows_of(_predict(spec, tmp_path / "job", Stop())) == whole
    assert asked == [row["row_id"] for row in ROWS[done:]]


def _predict(spec: PredictSpec, folder: Path, stop: Stop) -> Path:
    folder.mkdir(exist_ok=True)
    job = JobDir(folder)
    with contextlib.closing(Report(EventWriter(job, 1), stop)) as report:
        result = prediction.predict(family, spec, job, report, stop)
    return Path(result["predictions"])


def _rows_of(path: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(path).to_pylist()
    return rows
