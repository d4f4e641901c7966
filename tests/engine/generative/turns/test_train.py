"""A model that writes, with an exam by turns, as a job in this process."""

import dataclasses
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from tests.helpers.engine_jobs import PEFT_WARNS, events, predictions, run, run_orphaned
from tests.helpers.writers import recipe, replies, split_replies, write_job
from workbench.data.splits.turns import Turns, with_turns
from workbench.engine.evaluation.by_turns import Turn
from workbench.engine.evaluation.known_facts import known_to
from workbench.engine.evaluation.systems import Answers
from workbench.engine.generative import train as training
from workbench.engine.generative.turns import sides
from workbench.engine.generative.turns import train as by_turns
from workbench.jobs.process.job_dir import JobDir, read_json
from workbench.jobs.process.specs import TrainSpec
from workbench.jobs.process.stop import Stop
from workbench.models.trained import read_trained

pytestmark = [pytest.mark.filterwarnings(PEFT_WARNS), pytest.mark.usefixtures("one_thread")]
ROWS, COUNT = 24, 3


def asked(**values: Any) -> dict[str, Any]:
    return recipe(exam="turns", num_train_epochs=1, **values)


@pytest.fixture
def turns(data: Path) -> Turns:
    """Three turns of the version's file; its last row is never asked."""
    found = Turns({row: row % COUNT for row in range(1, ROWS)})
    pq.write_table(with_turns(pq.read_table(data), found), data)
    return found


@pytest.fixture
def trained_on(monkeypatch: pytest.MonkeyPatch) -> list[set[int]]:
    """The rows of each training that begins, in their order."""
    seen: list[set[int]] = []
    real = training.prepared

    def prepared(course: Any, spec: Any, *more: Any) -> Any:
        table = pq.read_table(spec.data, filters=[("split", "in", ["train", "validation"])])
        seen.append(set(table["row_id"].to_pylist()))
        return real(course, spec, *more)

    monkeypatch.setattr(training, "prepared", prepared)
    return seen


def test_every_row_is_asked_of_a_training_that_left_it_out(
    tmp_path: Path, writer: Path, data: Path, turns: Turns, trained_on: list[set[int]]
) -> None:
    job = write_job(tmp_path / "job", writer, data, recipe=asked())
    result = run(job)
    assert (result["status"], result["exam"], result["rows"]) == ("succeeded", "turns", ROWS - 1)
    table = predictions(result)
    assert dict(zip(table["row_id"], table["turn"], strict=True)) == turns.of
    texts = {row["prompt"]: row["response"] for row in replies(ROWS)}
    assert [texts[question] for question in table["input"]] == table["expected"]
    left_out = [set(range(1, ROWS + 1)) - seen for seen in trained_on]
    for number in range(COUNT):
        assert left_out[number] == {row for row, turn in turns.of.items() if turn == number}
    assert left_out[COUNT] == set()  # the model that is kept has learned from all
    assert len(left_out) == COUNT + 1


def test_the_score_has_an_interval_and_the_model_names_its_version(
    tmp_path: Path, writer: Path, data: Path, turns: Turns
) -> None:
    job = write_job(tmp_path / "job", writer, data, recipe=asked())
    result = run(job)
    told, scores = result["scores"]["by_turns"], result["scores"]["test"]
    assert (told["rows"], told["turns"]) == (ROWS - 1, COUNT)
    low, high = told["interval"]
    assert low < told["score"] == scores["tuned"]["chrf"] < high
    assert set(scores["base"]) == {"loss", "exact_match", "chrf", "rouge_l", "invented"}
    about = read_trained(job.adapter)
    assert (about.exam, about.data) == ("turns", data)
    known = known_to(job.adapter)
    assert known is not None
    row = replies(ROWS)[21]  # an exam question of the version, which the last training learned
    assert not known.invented_texts(row["response"], "")
    assert not (job.path / by_turns.FOLDER).exists()


def test_only_the_last_training_is_drawn(
    tmp_path: Path, writer: Path, data: Path, turns: Turns
) -> None:
    job = write_job(tmp_path / "job", writer, data, recipe=asked())
    result = run(job)
    phases = [e["message"] for e in events(job, "phase")]
    assert [phase for phase in phases if phase.startswith("Turn 2 of 3: learning from")]
    drawn = [e["step"] for e in events(job, "metric") if e["kind"] == "train"]
    assert drawn == list(range(1, result["steps"] + 1))


def test_what_is_killed_in_a_turn_takes_no_finished_turn_again(
    tmp_path: Path,
    writer: Path,
    data: Path,
    turns: Turns,
    trained_on: list[set[int]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = predictions(run(write_job(tmp_path / "whole", writer, data, recipe=asked())))
    trained_on.clear()
    job = write_job(tmp_path / "job", writer, data, recipe=asked())
    real = by_turns._learned

    def learned(course: Any, spec: Any, own: JobDir, report: Any, stop: Stop) -> Any:
        if own.path.name == "2":
            stop.orphan()
        return real(course, spec, own, report, stop)

    with monkeypatch.context() as broken:
        broken.setattr(by_turns, "_learned", learned)
        run_orphaned(job)
    assert len(trained_on) == 2
    spec = read_json(job.spec)
    again = write_job(job.path, writer, data, recipe=asked(), attempt=spec["attempt"] + 1)
    assert predictions(run(again)) == whole
    assert len(trained_on) == 2 + COUNT  # the second turn, the third, and all rows


def test_cancelled_in_a_turn_it_keeps_nothing(
    tmp_path: Path, writer: Path, data: Path, turns: Turns, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = write_job(tmp_path / "job", writer, data, recipe=asked())
    with monkeypatch.context() as stopped:
        real = by_turns._learned

        def learned(*told: Any) -> Any:
            told[-1].cancel()
            return real(*told)

        stopped.setattr(by_turns, "_learned", learned)
        result = run(job)
    assert (result["status"], result["adapter"]) == ("cancelled", None)
    assert "before anything was learned" in result["reason"]


def test_a_model_that_goes_on_from_another_is_not_asked_what_that_may_have_learned(
    tmp_path: Path, writer: Path, data: Path, turns: Turns
) -> None:
    first = write_job(tmp_path / "first", writer, data, recipe=recipe(num_train_epochs=1))
    start = run(first)["adapter"]
    job = write_job(tmp_path / "job", writer, data, recipe=asked(), start=start)
    assert "exam" not in run(job)


def test_an_exam_aside_stays_one_and_so_does_that_of_a_version_without_turns(
    tmp_path: Path, writer: Path, data: Path
) -> None:
    result = run(write_job(tmp_path / "job", writer, data, recipe=asked()))
    assert ("exam" in result, "by_turns" in result["scores"]) == (False, False)
    assert predictions(result)["row_id"] == [21, 22, 23, 24]


def test_in_order_of_time_only_what_came_before_is_learned(tmp_path: Path) -> None:
    data = split_replies(tmp_path / "data.parquet", 6, 2, 2)
    forward = Turns({5: 0, 6: 0, 7: 1, 8: 1, 9: 2, 10: 2}, forward=True)
    table = pq.read_table(sides.of_turn(data, forward, 1, tmp_path / "turn.parquet"))
    found = dict(zip(table["row_id"].to_pylist(), table["split"].to_pylist(), strict=True))
    assert [row for row, side in found.items() if side == "test"] == [7, 8]
    assert [row for row, side in found.items() if side in ("train", "validation")] == [*range(1, 7)]
    assert found[9] == found[10] == ""


def test_the_last_training_does_what_most_turns_chose(tmp_path: Path, writer: Path) -> None:
    data = split_replies(tmp_path / "data.parquet", 6, 2, 2)
    job = write_job(tmp_path / "job", writer, data, recipe=asked(lean_on_examples="auto"))
    spec = TrainSpec.from_dict(read_json(job.spec))
    turn = Turn([], [], Answers([]), Answers([]))
    chose = [(3, 0.5, True), (5, 1.5, False), (9, 2.5, True)]
    taken = [by_turns.Taken(turn, *one) for one in chose]
    own = by_turns._of_all(spec, taken, job)
    assert (own.recipe.num_train_epochs, own.recipe.lean_on_examples) == (1.5, "yes")
    assert set(pq.read_table(own.data)["split"].to_pylist()) == {"train"}
    short = dataclasses.replace(spec, recipe=spec.recipe.changed(max_steps=20))
    assert by_turns._of_all(short, taken, job).recipe.max_steps == 5
    assert by_turns._of_all(spec, taken[1:2], job).recipe.lean_on_examples == "no"
