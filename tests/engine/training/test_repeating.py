"""A training repeated on a CPU gives the same model bit for bit, of every family."""

from pathlib import Path
from typing import Any

import pytest
import torch

from tests.helpers import encoders, rewriters, writers
from tests.helpers.engine_jobs import PEFT_WARNS, run
from workbench.core.tasks import LANGUAGE_MODELLING
from workbench.engine.training.repeating import take_threads
from workbench.jobs.process.facts.digests import base_digest, weights_digest
from workbench.jobs.process.job_dir import JobDir, read_json
from workbench.jobs.process.specs import TrainSpec

pytestmark = [pytest.mark.filterwarnings(PEFT_WARNS), pytest.mark.usefixtures("one_thread")]


def writer_job(folder: Path, base: Path, **values: Any) -> JobDir:
    """A training with dropout, so that chance plays its part."""
    dropped = writers.recipe(lora_dropout=0.1, num_train_epochs=1, eval_max_rows=1)
    data = folder.parent / "replies.parquet"
    if not data.exists():
        writers.split_replies(data, 8, 2, 2)
    return writers.write_job(folder, base, data, recipe=dropped, **values)


def again(result: dict[str, Any]) -> dict[str, Any]:
    """What a repeated training is told of an earlier one."""
    made = result["made_with"]
    return {
        "run_id": 3, "name": "First", "digest": result["digest"],
        "base_digest": made["base_digest"], "threads": made["threads"],
    }  # fmt: skip


@pytest.mark.parametrize("family", ["causal", "documents", "seq2seq", "classes", "contrastive"])
def test_the_same_training_gives_the_same_model(tmp_path: Path, family: str) -> None:
    if family in ("classes", "contrastive"):
        base = encoders.make_encoder(tmp_path / "base")
        data = encoders.split_data(tmp_path / "data.parquet", encoders.examples())
        own = encoders.recipe(objective=family, max_steps=3, held_out_turns=1)

        def job(name: str, **values: Any) -> JobDir:
            return encoders.make_job(tmp_path / name, base, data, recipe=own, **values)

    elif family == "documents":
        base = writers.make_writer(tmp_path / "base")
        rows = [{"text": f"{row['prompt']} {row['response']} " * 4} for row in writers.replies(12)]
        splits = ["train"] * 8 + ["validation"] * 2 + ["test"] * 2
        data = writers.write_rows(tmp_path / "data.parquet", rows, splits)

        def job(name: str, **values: Any) -> JobDir:
            own = writers.recipe(lora_dropout=0.1, num_train_epochs=1, eval_max_rows=1)
            task = LANGUAGE_MODELLING.name
            return writers.write_job(tmp_path / name, base, data, recipe=own, task=task, **values)

    else:
        made = rewriters.make_rewriter if family == "seq2seq" else writers.make_writer
        base = made(tmp_path / "base")

        def job(name: str, **values: Any) -> JobDir:
            return writer_job(tmp_path / name, base, family=family, **values)

    first = run(job("first"))
    assert first["digest"] == weights_digest(Path(first["adapter"]))
    assert first["made_with"]["base_digest"] == base_digest(base)
    torch.manual_seed(12345)  # whatever happened before in the process
    second = run(job("second", again=again(first)))
    assert second["again"] == {"run_id": 3, "same": True, "digest_then": first["digest"]}


def test_another_seed_gives_another_model_and_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    base = writers.make_writer(tmp_path / "base")
    first = run(writer_job(tmp_path / "first", base))
    changed = writers.recipe(seed=7, num_train_epochs=1, lora_dropout=0.1, eval_max_rows=1)
    job = writers.write_job(
        tmp_path / "second", base, tmp_path / "replies.parquet", recipe=changed, again=again(first)
    )
    assert run(job)["again"]["same"] is False
    assert "not bit for bit the same model as 'First'" in capsys.readouterr().out


def test_as_many_threads_compute_as_then(tmp_path: Path) -> None:
    base = writers.make_writer(tmp_path / "base")
    told = {"run_id": 3, "name": "First", "threads": 2}
    job = writer_job(tmp_path / "job", base, again=told)
    take_threads(TrainSpec.from_dict(read_json(job.spec)))
    assert torch.get_num_threads() == 2
    torch.set_num_threads(1)
    told["threads"] = 1
    result = run(writer_job(tmp_path / "job", base, again=told))
    assert result["made_with"]["threads"] == 1
    assert result["again"]["same"] is None
