"""A version's examples for a training: encoded by the first, used by the second."""

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from tests.helpers.encoders import examples, make_job, split_data
from tests.helpers.engine_jobs import PEFT_WARNS, events, losses, run
from tests.helpers.writers import recipe, split_replies, write_job
from workbench.engine import rows as engine_rows
from workbench.engine.encoding import cache, version
from workbench.jobs.process.job_dir import JobDir
from workbench.jobs.process.meter import Meter

pytestmark = [pytest.mark.filterwarnings(PEFT_WARNS), pytest.mark.usefixtures("one_thread")]

ALREADY = "These examples are encoded already, by an earlier training."
SHORT = {"max_steps": 3, "eval_max_new_tokens": 2}


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """Where the trainings of a test keep what they encode."""
    return tmp_path / "cache" / "encoded"


def told(job: JobDir) -> list[str]:
    return [event["message"] for event in events(job, "log")]


def entries(kept: Path) -> list[Path]:
    return [path for path in kept.iterdir() if path.is_dir()]


def train(folder: Path, writer: Path, data: Path, kept: Path, **values: Any) -> JobDir:
    settings = recipe(**{**SHORT, **values.pop("settings", {})})
    job = write_job(folder, writer, data, recipe=settings, cache=str(kept), **values)
    assert run(job)["status"] == "succeeded"
    return job


def test_a_second_training_learns_the_same_from_the_cache(
    tmp_path: Path, writer: Path, data: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = train(tmp_path / "first", writer, data, kept)
    monkeypatch.setattr(version, "row_batches", lambda *_: pytest.fail("encoded again"))
    second = train(tmp_path / "second", writer, data, kept)
    assert losses(first) == losses(second)
    assert (ALREADY in told(first), ALREADY in told(second)) == (False, True)
    assert len(entries(kept)) == 1


@pytest.mark.parametrize(
    "other", [{"system": "Be kind."}, {"settings": {"max_length": 64}}, {"data": 12}]
)
def test_other_words_lengths_and_data_are_encoded_anew(
    tmp_path: Path, writer: Path, data: Path, kept: Path, other: dict[str, Any]
) -> None:
    train(tmp_path / "first", writer, data, kept)
    if rows := other.pop("data", None):
        data = split_replies(tmp_path / "other.parquet", train=rows)
    second = train(tmp_path / "second", writer, data, kept, **other)
    assert ALREADY not in told(second)
    assert len(entries(kept)) == 2


def test_a_damaged_cache_is_made_again_and_teaches_the_same(
    tmp_path: Path, writer: Path, data: Path, kept: Path
) -> None:
    first = train(tmp_path / "first", writer, data, kept)
    (entry,) = entries(kept)
    arrow = entry / "train.arrow"
    arrow.write_bytes(arrow.read_bytes()[:-200])
    second = train(tmp_path / "second", writer, data, kept)
    assert losses(first) == losses(second)
    assert ALREADY not in told(second)


def test_an_encoder_learns_from_the_cache_too(
    tmp_path: Path, tiny: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = split_data(tmp_path / "data.parquet", [*examples(), *examples()])
    jobs = [make_job(tmp_path / name, tiny, data, cache=str(kept)) for name in ("one", "two")]
    results = [run(jobs[0])]
    monkeypatch.setattr(version, "row_batches", lambda *_: pytest.fail("encoded again"))
    results.append(run(jobs[1]))
    assert [result["status"] for result in results] == ["succeeded"] * 2
    assert results[0]["scores"] == results[1]["scores"]
    assert ALREADY in told(jobs[1])


def test_encoding_tells_how_far_it_is_and_can_be_stopped(
    tmp_path: Path, writer: Path, data: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_rows, "AT_ONCE", 5)
    shares: list[float] = []
    tell = Meter.__call__

    def stopped(self: Meter, share: float, message: str = "") -> None:
        shares.append(share)
        if len(shares) == 3:
            self._check.__self__.cancel()  # type: ignore[attr-defined]
        tell(self, share, message)

    monkeypatch.setattr(Meter, "__call__", stopped)
    job = write_job(tmp_path / "job", writer, data, cache=str(kept))
    assert run(job)["status"] == "cancelled"
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(10 / 20)
    assert entries(kept) == []


def test_a_row_that_cannot_be_encoded_is_named_and_nothing_is_kept(
    tmp_path: Path, writer: Path, data: Path, kept: Path
) -> None:
    table = pq.read_table(data).rename_columns(["row_id", "split", "messages", "response"])
    pq.write_table(table, data)
    result = run(write_job(tmp_path / "job", writer, data, task="chat", cache=str(kept)))
    assert result["status"] == "failed"
    assert result["reason"].startswith("Row 1: ")
    assert entries(kept) == []


def test_a_job_that_is_told_no_place_keeps_them_in_its_own(
    tmp_path: Path, writer: Path, data: Path
) -> None:
    job = write_job(tmp_path / "job", writer, data, recipe=recipe(**SHORT))
    assert run(job)["status"] == "succeeded"
    assert [cache.is_whole(entry) for entry in entries(job.path / "encoded")] == [True]
