"""The exam of a training that goes on from another: what that had learned is not asked."""

import shutil
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from tests.engine.encoder.few.test_exam import by_turns, data_with_turns
from tests.helpers.encoders import make_job
from tests.helpers.engine_jobs import PEFT_WARNS, events, predictions, run
from tests.helpers.writers import recipe, replies, write_job, write_rows
from workbench.jobs.process.job_dir import JobDir, read_json, write_json
from workbench.models.trained import read_trained

pytestmark = [pytest.mark.filterwarnings(PEFT_WARNS), pytest.mark.usefixtures("one_thread")]
SPLITS = ("train",) * 8 + ("validation",) * 2 + ("test",) * 2
LINK = {"run_id": 1, "name": "Run 1", "project": "", "task": "completion", "data": "", "base": ""}


def version(path: Path, splits: tuple[str, ...] = SPLITS) -> Path:
    return write_rows(path, replies(len(splits)), splits)


def going_on(job: JobDir, start: Any, task: str = "completion") -> JobDir:
    spec = read_json(job.spec)
    write_json(job.spec, {**spec, "start": str(start), "chain": [{**LINK, "task": task}]})
    return job


def taught(
    tmp_path: Path, writer: Path, name: str, data: Path, start: Any = None
) -> dict[str, Any]:
    job = write_job(tmp_path / name, writer, data, recipe=recipe(num_train_epochs=1))
    return run(going_on(job, start) if start else job)


def test_what_any_model_before_had_learned_is_left_out(tmp_path: Path, writer: Path) -> None:
    """Rows 11 and 12 are asked first; then 1, 9 and 11, of which the first had learned 1 and 9."""
    first = taught(tmp_path, writer, "first", version(tmp_path / "first.parquet"))
    assert (first["rows"], "learned_before" in first) == (2, False)
    sides = ["train"] * 12
    for number in (1, 9, 11):
        sides[number - 1] = "test"
    data = version(tmp_path / "second.parquet", tuple(sides))
    second = taught(tmp_path, writer, "second", data, first["adapter"])
    assert (second["rows"], second["learned_before"]) == (1, 2)
    assert predictions(second)["row_id"] == [11]
    third = taught(tmp_path, writer, "third", version(tmp_path / "3.parquet"), second["adapter"])
    assert (third["rows"], third["learned_before"]) == (1, 1)  # 12 was learned by the second
    assert predictions(third)["row_id"] == [11]
    said = [event["message"] for event in events(JobDir(tmp_path / "third"), "log")]
    assert any("1 exam question of 2 left out" in line for line in said)
    learned = read_trained(Path(third["adapter"])).learned
    assert [one.data.name for one in learned] == ["first.parquet", "second.parquet"]


def test_where_all_was_learned_there_is_no_exam(tmp_path: Path, writer: Path) -> None:
    data = version(tmp_path / "first.parquet")
    first = taught(tmp_path, writer, "first", data)
    swapped = version(tmp_path / "second.parquet", ("test", "test", *("train",) * 10))
    second = taught(tmp_path, writer, "second", swapped, first["adapter"])
    assert (second["status"], second["rows"], second["learned_before"]) == ("succeeded", 0, 2)
    assert "test" not in second["scores"]


def test_examples_that_are_gone_are_told(tmp_path: Path, writer: Path) -> None:
    first = taught(tmp_path, writer, "first", version(tmp_path / "first.parquet"))
    (tmp_path / "first.parquet").unlink()
    second = taught(tmp_path, writer, "second", version(tmp_path / "2.parquet"), first["adapter"])
    assert second["rows"] == 2
    said = [event["message"] for event in events(JobDir(tmp_path / "second"), "log")]
    assert any("not here any more, so its exam may ask some of them" in line for line in said)


def test_a_sorter_that_was_asked_by_turns_had_learned_every_row(tmp_path: Path, tiny: Path) -> None:
    data = data_with_turns(tmp_path / "data.parquet")
    first = run(make_job(tmp_path / "first", tiny, data, recipe=by_turns()))
    assert first["exam"] == "turns"
    more = pq.read_table(data)
    again = shutil.copy(data, tmp_path / "again.parquet")
    job = make_job(tmp_path / "second", tiny, Path(again), recipe=by_turns())
    second = run(going_on(job, first["adapter"], "classification"))
    assert "exam" not in second
    asked = more["split"].to_pylist().count("test")
    assert (second["rows"], second["learned_before"]) == (0, asked)
