"""An exam by turns, as a job in this process."""

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
import torch

from tests.engine.encoder.few.test_learn import few, stop_at
from tests.helpers.encoders import LABELS, examples, make_job, split_data
from tests.helpers.engine_jobs import events, predictions, run, run_orphaned
from workbench.data.splits.assign import question_key
from workbench.data.splits.turns import Turns, draw_turns, turns_of, with_turns
from workbench.engine.encoder.few import turns as few_turns
from workbench.engine.encoder.few.candidates import PROBE, Candidate
from workbench.engine.encoder.few.exam import Part, exam_by_turns
from workbench.engine.encoder.training_setup import TrainingSetup
from workbench.jobs.process.job_dir import read_json, write_json

pytestmark = pytest.mark.usefixtures("one_thread")
TUNED = Candidate(1.0, False)


def by_turns(**values: Any) -> dict[str, Any]:
    return few(exam="turns", **values)


def data_with_turns(path: Path, moments: list[float | None] | None = None) -> Path:
    split_data(path, [*examples(), *examples()])
    table = pq.read_table(path)
    keys = [question_key(text) for text in table["text"].to_pylist()]
    labels = table["label"].to_pylist()
    ids = table["row_id"].to_pylist()
    turns = draw_turns(ids, keys, labels, seed=1, moments=moments)
    pq.write_table(with_turns(table, turns), path)
    return path


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return data_with_turns(tmp_path / "data.parquet")


def test_every_row_is_asked_once_and_the_model_learns_from_all(
    tiny: Path, data: Path, tmp_path: Path
) -> None:
    job = make_job(tmp_path / "job", tiny, data, recipe=by_turns())
    result = run(job)
    assert (result["status"], result["exam"], result["rows"]) == ("succeeded", "turns", 60)
    answers, turns = predictions(result), turns_of(data)
    assert turns is not None
    assert dict(zip(answers["row_id"], answers["turn"], strict=True)) == turns.of
    assert set(answers["tuned"]) <= set(LABELS)
    scores = result["scores"]
    right = np.mean(np.array(answers["tuned"]) == np.array(answers["expected"]))
    assert scores["test"]["tuned"]["accuracy"] == pytest.approx(right)
    assert set(scores["test"]) == {"base", "tuned", "baseline", "frequent", "nearest"}
    assert set(result["answer_seconds"]) == set(scores["test"])
    assert all(0 < seconds < 10 for seconds in result["answer_seconds"].values())
    told = scores["by_turns"]
    assert (told["score"], told["rows"], told["turns"]) == (pytest.approx(right), 60, 5)
    assert told["interval"][0] < right < told["interval"][1]
    said = [event["message"] for event in events(job, "phase")]
    assert "Turn 2 of 5: learning without 12 rows, then asking about them" in said
    assert read_json(job.adapter / "workbench.json")["exam"] == "turns"


def test_rows_that_fit_no_category_are_told_by_the_other_turns(tiny: Path, tmp_path: Path) -> None:
    rows = [*examples() * 3, ("??? 0000 %%%% zzzzz", "Delivery")]
    path = split_data(tmp_path / "data.parquet", rows)
    table = pq.read_table(path)
    ids, labels = table["row_id"].to_pylist(), table["label"].to_pylist()
    turns = draw_turns(ids, [str(row) for row in ids], labels, seed=1)
    pq.write_table(with_turns(table, turns), path)
    job = make_job(tmp_path / "job", tiny, path, recipe=by_turns())
    result = run(job)
    answers = predictions(result)
    told = dict(zip(answers["row_id"], answers["none_of_these"], strict=True))
    assert told[len(rows)]
    assert sum(told.values()) <= 0.2 * len(told)
    assert (job.adapter / "out_of_scope.safetensors").is_file()


def test_the_category_of_texts_that_belong_nowhere_says_so(tiny: Path, tmp_path: Path) -> None:
    path = data_with_turns(tmp_path / "data.parquet")
    job = make_job(tmp_path / "job", tiny, path, recipe=by_turns(), out_of_scope="Account")
    answers = predictions(run(job))
    pairs = zip(answers["tuned"], answers["none_of_these"], strict=True)
    assert all(none for label, none in pairs if label == "Account")
    assert not all(answers["none_of_these"])
    assert read_json(job.adapter / "workbench.json")["out_of_scope"] == "Account"


def test_no_turn_learns_from_the_rows_that_it_asks(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A question comes twice in this data, and both rows are asked in one turn."""
    path = tmp_path / "data.parquet"
    data_with_turns(path, [None, *map(float, range(59))])
    turns = turns_of(path)
    assert turns is not None
    assert turns.forward
    seen: list[tuple[int, set[int]]] = []
    fit = few_turns.fit_with

    def watched(embedded: torch.Tensor, labels: Any, others: torch.Tensor, **how: Any) -> Any:
        seen.append((len(embedded), set()))
        return fit(embedded, labels, others, **how)

    monkeypatch.setattr(few_turns, "fit_with", watched)
    result = run(make_job(tmp_path / "job", tiny, path, recipe=by_turns()))
    ids = range(1, 61)
    learned = [sum(turns.learns(row, turn) for row in ids) for turn in range(turns.count)]
    sizes = Counter(size for size, _ in seen)
    assert result["rows"] == len(turns.of)
    assert set(learned) <= set(sizes) <= {size + extra for size in learned for extra in (0, 3)}
    assert learned == sorted(learned)


def test_a_category_that_a_turn_has_not_learned_is_never_its_answer(
    tiny: Path, data: Path, tmp_path: Path
) -> None:
    table = pq.read_table(data)
    pairs = zip(table["row_id"].to_pylist(), table["label"].to_pylist(), strict=True)
    turns = Turns({row: 0 if label == "Account" else 1 + row % 2 for row, label in pairs})
    pq.write_table(with_turns(table, turns), data)
    result = run(make_job(tmp_path / "job", tiny, data, recipe=by_turns()))
    answers = predictions(result)
    first = [i for i, turn in enumerate(answers["turn"]) if turn == 0]
    assert {answers["expected"][i] for i in first} == {"Account"}
    for who in ("baseline", "base", "tuned"):
        assert "Account" not in {answers[who][i] for i in first}
    assert "Account" in read_json(Path(result["adapter"]) / "workbench.json")["labels"]


def test_without_turns_in_the_data_the_exam_is_apart(tiny: Path, tmp_path: Path) -> None:
    data = split_data(tmp_path / "data.parquet", [*examples(), *examples()])
    result = run(make_job(tmp_path / "job", tiny, data, recipe=by_turns()))
    assert (result["rows"], "exam" in result, "by_turns" in result["scores"]) == (9, False, False)


def test_a_broken_run_takes_no_turn_again_and_ends_the_same(
    tiny: Path, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = run(make_job(tmp_path / "whole", tiny, data, recipe=by_turns()))
    job = make_job(tmp_path / "job", tiny, data, recipe=by_turns())
    with monkeypatch.context() as patch:
        stop_at(patch, "turn 3", "orphan", at=26)
        run_orphaned(job)
    kept = {path.name for path in (job.path / "turns").iterdir()}
    assert kept == {"turn-0.safetensors", "turn-1.safetensors"}
    write_json(job.spec, {**read_json(job.spec), "attempt": 2})
    result = run(job)
    assert result["scores"] == whole["scores"]
    assert predictions(result) == predictions(whole)


@pytest.mark.parametrize("doing", ["turn 2", "learning", "the simple ways"])
def test_cancel_keeps_a_model_and_claims_no_score(
    doing: str, tiny: Path, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workbench.engine.encoder.few.learn.best_of", lambda found: list(found)[-1])
    job = make_job(tmp_path / "job", tiny, data, recipe=by_turns())
    stop_at(monkeypatch, doing, "cancel", at=0)
    result = run(job)
    assert (result["status"], result["exam"]) == ("cancelled", "turns")
    assert Path(result["adapter"]).is_dir()
    assert "rows" not in result
    assert "test" not in result["scores"]


def test_a_row_has_no_say_in_how_it_is_answered() -> None:
    """Of all rows the tuned candidate gets more right, but not of those of turn 1 alone."""
    good, bad = torch.tensor([[4.0, 0.0], [0.0, 4.0]]), torch.tensor([[0.0, 4.0], [4.0, 0.0]])
    half = torch.tensor([[4.0, 0.0], [4.0, 0.0]])
    answers = [{PROBE: bad, TUNED: good}, {PROBE: good, TUNED: half}]
    parts = [Part(np.array([0, 1]), np.array([0, 1])), Part(np.array([2, 3]), np.array([2, 3]))]
    rows = [{"row_id": i, "text": f"text {i}", "label": "ab"[i % 2]} for i in range(5)]
    setup: Any = TrainingSetup(["a", "b"], None, None, None, None, Turns({}), rows)  # type: ignore[arg-type]
    exam = exam_by_turns(setup, parts, answers, [np.array([0, 1])] * 2)
    assert exam.turns[0].tuned.texts == exam.turns[0].base.texts == ["b", "a"]
    assert (exam.turns[1].base.texts, exam.turns[1].tuned.texts) == (["a", "b"], ["a", "a"])
    assert [row["row_id"] for row in exam.turns[1].learned] == [0, 1, 4]
    assert exam.turns[1].asked == rows[2:4]
