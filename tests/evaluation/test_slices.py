"""Where a model is weak, by the columns of the user's own table."""

import dataclasses
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from storage import files
from storage.database import Store
from tests.helpers.exams import accuracies, add_exam, answers
from tests.helpers.sliced import add_sliced, exam_of, write_table
from workbench.data import changes
from workbench.data.edits.edit import Edit
from workbench.data.mapped_file import map_file
from workbench.data.versions import get_version, read_examples
from workbench.evaluation import evaluations, slices
from workbench.evaluation.slices import SliceReport


def _report(store: Store, run_id: int) -> SliceReport:
    info = evaluations.list_evaluations(store, run_id)[0]
    found = slices.report_of(store, info, evaluations.predictions(store, info.id))
    assert found is not None
    return found


def test_the_weak_region_is_found_and_told(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained = add_sliced(store, tmp_path, monkeypatch)
    found = _report(store, trained.run_id)
    assert [(one.column, one.value) for one in found.weak] == [("region", "North")]
    assert slices.sentence(found).startswith(
        "Where 'region' is 'North', it is weaker: 0.0 % right on 60 exam questions, 92.8 points less "
        "than on all others ("
    )
    assert found.groups.columns == ["region", "channel", "day", "Length"]
    assert slices.passed_over_sentence(found.groups) == (
        "Not compared: 'reply' (too many different values: 240 in 240 rows) and 'customer' (too many "
        "different values: 240 in 240 rows)."
    )


def test_what_is_told_has_the_same_numbers(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained = add_sliced(store, tmp_path, monkeypatch)
    info = evaluations.list_evaluations(store, trained.run_id)[0]
    told, first = slices.told(store, info.id), _report(store, trained.run_id).slices[0]
    assert told[0] == {
        "column": "region",
        "value": "North",
        "rows": 60,
        "score": 0.0,
        "low": 0.0,
        "high": first.high,
        "difference": first.difference,
        "certain": True,
    }


def test_rows_of_a_changed_version_keep_their_columns(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained = add_sliced(store, tmp_path, monkeypatch, weak="nowhere")
    edit = Edit(change={(2, "text"): "Quite another text"}, remove=frozenset({3}))
    version = changes.apply_edit_here(store, trained.version_id, edit, changes.EDIT, "Edited")
    rows = read_examples(version).to_pandas()
    rows.loc[0, "row_id"] = 9_000_000
    info = evaluations.list_evaluations(store, trained.run_id)[0]
    groups = slices.groups_in(store, info, exam_of(rows, "nowhere"))
    assert groups.without == 1
    assert "1 row did not come from your table" in slices.passed_over_sentence(groups)
    north = next(group for group in groups.of("region") if group.value == "North")
    assert rows.loc[north.places, "row_id"].map(lambda row: (row - 2) % 4).eq(0).all()


def test_without_the_table_only_lengths_are_compared(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained = add_sliced(store, tmp_path, monkeypatch)
    files.object_path(get_version(store, trained.version_id).source_hash).unlink()
    found = _report(store, trained.run_id)
    assert found.groups.columns == ["Length"]
    assert "emails.csv is not here any more" in slices.passed_over_sentence(found.groups)
    assert "No group stands out" in slices.sentence(found)
    tested = [one for one in found.slices if one.p is not None]
    assert len(tested) > 1
    alone = dataclasses.replace(found, slices=(tested[0],))
    assert f"where '{tested[0].column}' is '{tested[0].value}' it does" in slices.sentence(alone)


def test_a_file_of_the_users_is_grouped_by_its_own_columns(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained = add_sliced(store, tmp_path, monkeypatch)
    path = write_table(tmp_path / "new.csv", 80)
    text = path.read_text("utf-8").replace("region", "area")
    path.write_text(text, "utf-8")
    file = map_file(store, trained.version_id, path, need_answers=True)
    job_id = evaluations.start_evaluation(store, trained.run_id, file)
    rows = pd.read_parquet(file.data)
    _end(store, job_id, exam_of(rows, "West"), tmp_path)
    found = _report(store, trained.run_id)
    assert [(one.column, one.value) for one in found.weak] == [("area", "West")]


def _end(store: Store, job_id: int, table: pd.DataFrame, folder: Path) -> None:
    """The job as a trainer would end it."""
    from storage import jobs
    from workbench.jobs import record
    from workbench.jobs.outcome import Ending, Outcome

    with store.write() as session:
        job = jobs.claim(session, ["evaluate"])
    assert job is not None
    assert job.id == job_id
    table.to_parquet(folder / "p.parquet")
    result = {"status": "succeeded", "attempt": 1, "scores": accuracies(table)}
    result |= {"rows": len(table), "predictions": str(folder / "p.parquet")}
    assert record.record(store, job, Outcome("succeeded", "", result), Ending(0))


def test_a_scoring_of_an_earlier_version_is_grouped_by_length(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained = add_sliced(store, tmp_path, monkeypatch)
    table = answers(["Refund"] * 40, ["Refund"] * 40, inputs=["x" * i for i in range(40)])
    add_exam(store, trained.run_id, table, accuracies(table), split="old.csv")
    assert _report(store, trained.run_id).groups.columns == ["Length"]


def test_an_exam_without_single_rows_has_no_slices(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained = add_sliced(store, tmp_path, monkeypatch)
    table = answers(["a text"], ["x"]).drop(columns=["tuned"])
    exam = add_exam(store, trained.run_id, table, {"tuned": {"loss": 2.0}})
    assert slices.told(store, exam) == []
    exam = add_exam(store, trained.run_id, answers(["a"], ["a"]), {})
    files.object_path(evaluations.get_evaluation(store, exam).predictions_hash).unlink()
    assert slices.told(store, exam) == []


def test_rows_asked_by_turns_are_judged_with_more_care(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained = add_sliced(store, tmp_path, monkeypatch)
    info = evaluations.list_evaluations(store, trained.run_id)[0]
    table = evaluations.predictions(store, info.id)
    apart = slices.report_of(store, info, table)
    turns = slices.report_of(store, info, table.assign(turn=0))
    assert apart is not None
    assert turns is not None
    assert turns.slices[0].high > apart.slices[0].high
    assert pa.array([one.p for one in turns.slices]).null_count == 0


def test_questions_of_several_languages_are_grouped_by_language(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained = add_sliced(store, tmp_path, monkeypatch)
    english = [f"I would like to know where my parcel with the number {i} is" for i in range(30)]
    german = [f"Ich möchte gerne wissen, wo mein Paket mit der Nummer {i} ist" for i in range(30)]
    given = ["Refund"] * 30 + ["Refund", "Delivery", "Delivery"] * 10
    table = answers(["Refund"] * 60, given, inputs=[*english, *german])
    add_exam(store, trained.run_id, table, accuracies(table), split="two.csv")
    (weak,) = [one for one in _report(store, trained.run_id).weak if one.column == "Language"]
    assert (weak.value, weak.rows) == ("German", 30)
