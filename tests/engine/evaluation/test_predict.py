"""A file answered part by part: what is answered stays answered, whatever ends the process."""

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from workbench.core.recipe import Recipe
from workbench.data.readers.table_file import NUMBER
from workbench.engine.evaluation import predict as prediction
from workbench.engine.evaluation.predict import predict
from workbench.engine.evaluation.systems import Answers
from workbench.engine.generative.fields.constraint import Told
from workbench.engine.rows import Row
from workbench.jobs.process.job_dir import EventWriter, JobDir, read_events
from workbench.jobs.process.parts import FIRST_ROWS, Parts, link
from workbench.jobs.process.report import Report
from workbench.jobs.process.shell import Result
from workbench.jobs.process.specs import BaseModelRef, PredictSpec, Share
from workbench.jobs.process.stop import Cancelled, Orphaned, Stop
from workbench.models.trained import TrainedModel, write_trained


class FakeEngine:
    """Answers each text with its number's parity, and remembers who was asked; may be interrupted."""

    def __init__(self, interrupt: Callable[[int], None] = lambda asked: None) -> None:
        self.asked: list[int] = []
        self._interrupt = interrupt

    def answerer(self, spec: PredictSpec) -> Any:
        def answer(rows: Sequence[Row], stop: Stop, done: Callable[[int], None]) -> Answers:
            self._interrupt(len(self.asked))
            stop.check()
            self.asked += [row["row_id"] for row in rows]
            done(len(rows))
            labels = ["odd" if row["row_id"] % 2 else "even" for row in rows]
            return Answers(labels, [0.5] * len(rows), none_of_these=[False] * len(rows))

        return answer


@pytest.fixture
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PredictSpec:
    """Fifty-three rows, asked ten at a time behind the first twenty."""
    monkeypatch.setattr(prediction, "SORTING_ROWS", 10)
    data = tmp_path / "data.parquet"
    rows = [{"row_id": i, "text": f"text {i}", "system": None} for i in range(2, 55)]
    kinds = {"row_id": pa.int64(), "text": pa.large_string(), "system": pa.large_string()}
    pq.write_table(pa.Table.from_pylist(rows, pa.schema(kinds)), data)
    base = BaseModelRef("tiny", tmp_path, "encoder")
    write_trained(tmp_path, TrainedModel(task="classification", family="encoder", base=base))
    return PredictSpec(
        task="classification", data=data, base=base, recipe=Recipe(), adapter=tmp_path
    )


def _predict(
    spec: PredictSpec, engine: FakeEngine, folder: Path, stop: Stop | None = None
) -> Result:
    folder.mkdir(exist_ok=True)
    job, stop = JobDir(folder), stop or Stop()
    report = Report(EventWriter(job, 1), stop)
    with contextlib.closing(report):
        return predict(engine, spec, job, report, stop)  # type: ignore[arg-type]


def _row_ids(result: Result) -> list[int]:
    found: list[int] = pq.read_table(result["predictions"])["row_id"].to_pylist()
    return found


def test_every_row_is_answered_once_in_its_order(spec: PredictSpec, tmp_path: Path) -> None:
    engine = FakeEngine()
    result = _predict(spec, engine, tmp_path / "job")
    assert (result["rows"], result["of"]) == (53, 53)
    assert _row_ids(result) == engine.asked == [*range(2, 55)]
    kept = pq.read_table(result["predictions"]).to_pylist()[1]
    assert kept == {
        "row_id": 3, "text": "text 3", "system": None, "output": "odd", "probability": 0.5,
        "none_of_these": False,
    }  # fmt: skip


def test_what_was_answered_before_two_kills_is_not_asked_again(
    spec: PredictSpec, tmp_path: Path
) -> None:
    asked: list[int] = []
    for after in (25, 15):

        def die(count: int, after: int = after) -> None:
            if count >= after:
                raise Orphaned

        engine = FakeEngine(die)
        with pytest.raises(Orphaned):
            _predict(spec, engine, tmp_path / "job")
        asked += engine.asked
    engine = FakeEngine()
    result = _predict(spec, engine, tmp_path / "job")
    asked += engine.asked
    assert asked == [*range(2, 55)]
    assert _row_ids(result) == asked


def test_a_torn_part_is_answered_again(spec: PredictSpec, tmp_path: Path) -> None:
    _predict(spec, FakeEngine(), tmp_path / "job")
    torn = sorted((tmp_path / "job" / "parts").glob("*"))[2]
    torn.write_bytes(torn.read_bytes()[:40])
    engine = FakeEngine()
    result = _predict(spec, engine, tmp_path / "job")
    assert engine.asked == [*range(32, 42)]
    assert _row_ids(result) == [*range(2, 55)]


def test_a_cancel_keeps_what_is_answered(spec: PredictSpec, tmp_path: Path) -> None:
    stop = Stop()
    engine = FakeEngine(lambda count: stop.cancel() if count >= 30 else None)
    result = _predict(spec, engine, tmp_path / "job", stop)
    assert (result["status"], result["rows"], result["of"]) == ("cancelled", 30, 53)
    assert result["reason"] == "Stopped at your request; 30 of 53 rows are answered."
    assert _row_ids(result) == [*range(2, 32)]


def test_another_job_goes_on_where_one_was_stopped(spec: PredictSpec, tmp_path: Path) -> None:
    stop = Stop()
    engine = FakeEngine(lambda count: stop.cancel() if count >= 30 else None)
    _predict(spec, engine, tmp_path / "stopped", stop)
    engine = FakeEngine()
    told = {**spec.as_dict(), "former": str(tmp_path / "stopped")}
    result = _predict(PredictSpec.from_dict(told), engine, tmp_path / "next")
    assert engine.asked == [*range(32, 55)]
    assert _row_ids(result) == [*range(2, 55)]


def test_shares_answer_each_row_once_and_put_nothing_together(
    spec: PredictSpec, tmp_path: Path
) -> None:
    asked: list[int] = []
    for number in range(3):
        engine = FakeEngine()
        share = replace(spec, share=Share(number, 3, answered=(20,)))
        result = _predict(share, engine, tmp_path / f"share {number}")
        assert result["of"] == 53
        assert "predictions" not in result
        asked += engine.asked
        link(tmp_path / f"share {number}", tmp_path / "job")
    assert sorted(asked) == [*range(2, 22), *range(32, 55)]
    engine = FakeEngine()
    assert _row_ids(_predict(spec, engine, tmp_path / "job")) == [*range(2, 55)]
    assert engine.asked == [*range(22, 32)]


def test_a_share_that_is_cancelled_tells_how_many_rows_there_are(
    spec: PredictSpec, tmp_path: Path
) -> None:
    stop = Stop()
    engine = FakeEngine(lambda asked: stop.cancel() if asked else None)
    told = _predict(replace(spec, share=Share(0, 3)), engine, tmp_path / "share", stop)
    assert (told["status"], told["of"]) == ("cancelled", 53)
    assert engine.asked == [*range(2, 22)]


def test_a_cancel_before_the_first_answer_keeps_nothing(spec: PredictSpec, tmp_path: Path) -> None:
    stop = Stop()
    stop.cancel()
    with pytest.raises(Cancelled):
        _predict(spec, FakeEngine(), tmp_path / "job", stop)


def test_the_first_answers_are_asked_as_they_are_in_the_whole(
    spec: PredictSpec, tmp_path: Path
) -> None:
    calls: list[list[int]] = []

    class Noting(FakeEngine):
        def answerer(self, spec: PredictSpec) -> Any:
            inner = super().answerer(spec)

            def answer(rows: Sequence[Row], stop: Stop, done: Callable[[int], None]) -> Answers:
                calls.append([row["row_id"] for row in rows])
                found: Answers = inner(rows, stop, done)
                return found

            return answer

    _predict(spec, Noting(), tmp_path / "whole")
    first = PredictSpec.from_dict({**spec.as_dict(), "most": FIRST_ROWS})
    result = _predict(first, Noting(), tmp_path / "first")
    assert calls[-1] == calls[0] == [*range(2, 22)]
    assert (result["rows"], result["of"]) == (20, 20)
    assert result["row_seconds"] >= 0


def test_the_time_left_counts_this_attempts_rows_alone(
    spec: PredictSpec, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop = Stop()
    _predict(spec, FakeEngine(lambda n: stop.cancel() if n >= 30 else None), tmp_path / "job", stop)
    now = [100.0]
    monkeypatch.setattr("workbench.jobs.process.meter.time.monotonic", lambda: now[0])
    monkeypatch.setattr("workbench.jobs.process.report.PROGRESS_S", -1e9)

    def pass_time(_: int) -> None:
        now[0] += 10

    _predict(spec, FakeEngine(pass_time), tmp_path / "job")
    events, _, _ = read_events(JobDir(tmp_path / "job"), 1, 0)
    left = [e["seconds_left"] for e in events if "seconds_left" in e]
    assert left[-3:] == pytest.approx([13.0, 3.0, 0.0])


def test_the_questions_of_a_large_table_are_made_by_the_job(
    spec: PredictSpec, tmp_path: Path
) -> None:
    table = tmp_path / "table.parquet"
    texts = ["one", None, "three", " "]
    columns = {NUMBER: pa.array([5, 6, 7, 9]), "mail": pa.array(texts, pa.large_string())}
    pq.write_table(pa.table(columns), table)
    told = {"data": str(table), "asks": {"text": "mail"}, "source": {"name": "mails.xlsx"}}
    result = _predict(
        PredictSpec.from_dict({**spec.as_dict(), **told}), FakeEngine(), tmp_path / "job"
    )
    kept = pq.read_table(result["predictions"]).to_pylist()
    assert [(row["row_id"], row["text"]) for row in kept] == [(5, "one"), (7, "three")]


def test_parts_cover_every_row_once(tmp_path: Path) -> None:
    for rows in (0, 1, 20, 21, 30, 47):
        (tmp_path / str(rows)).mkdir()
        spans = Parts(JobDir(tmp_path / str(rows)), rows, 10).missing
        assert [i for start, end in spans for i in range(start, end)] == [*range(rows)]


def test_what_is_told_of_fields_stands_beside_the_answers(
    spec: PredictSpec, tmp_path: Path
) -> None:
    class Fields(FakeEngine):
        def answerer(self, spec: PredictSpec) -> Any:
            def answer(rows: Sequence[Row], stop: Stop, done: Callable[[int], None]) -> Answers:
                told = [Told(["a"] if row["row_id"] == 2 else [], {"a": 0.5}, 2) for row in rows]
                return Answers(['{"a": "x"}'] * len(rows), fields=told)

            return answer

    made = pq.read_table(_predict(spec, Fields(), tmp_path / "job")["predictions"]).to_pylist()
    assert (made[0]["cut"], made[1]["cut"]) == (["a"], [])
    assert (made[0]["parts"], made[0]["sure"]) == (2, '{"a": 0.5}')
