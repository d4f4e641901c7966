"""The command line: one object with --json, one sentence and exit code 2 for a mistake."""

import json
from pathlib import Path
from typing import Any

import pytest

from storage.database import Store
from storage.tables import SUCCEEDED, BaseModel, Job, Run
from tests.fakes.harness import add_job
from tests.helpers.exams import (
    accuracies,
    add_exam,
    add_trained,
    exam_of_categories,
)
from tests.helpers.folders import BERT, model_folder
from workbench.cli import main, output
from workbench.cli import runs as cli_runs
from workbench.data import changes, datasets
from workbench.data.edits.edit import Edit
from workbench.jobs import queue
from workbench.projects import projects
from workbench.training import runs


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Sixty questions in two categories."""
    path = tmp_path / "questions.csv"
    rows = [f"Where is parcel {i}?,delivery\nHow do I pay bill {i}?,payment" for i in range(30)]
    path.write_text("text,category\n" + "\n".join(rows) + "\n")
    return path


def _said(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(capsys.readouterr().out.splitlines()[-1])
    return value


def test_import_prints_what_became_of_the_file(
    table: Path, store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["import", str(table), "--project", "Shop", "--task", "classification", "--json"]
    assert main(arguments) == 0
    said = _said(capsys)
    assert (said["dataset"], said["version"], said["rows"]) == ("questions", 1, 60)
    assert said["dropped"] == 0
    assert sum(said["splits"].values()) == 60
    assert list(projects.project_names(store).values()) == ["Shop"]


def test_import_gives_the_same_account_as_json_and_in_words(
    tmp_path: Path, store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "mails.csv"
    rows = [
        f"Where is parcel {i}?,delivery,{i}\nHow do I pay bill {i}?,payment,{i}" for i in range(9)
    ]
    path.write_text("text,category,ticket\n" + "\n".join([*rows, "Nobody knows?,,77"]) + "\n")
    arguments = ["import", str(path), "--project", "Shop", "--task", "classification"]

    assert main([*arguments, "--json"]) == 0
    said = _said(capsys)
    assert said["roles"] == {"text": "text", "label": "category"}
    assert (said["rows_read"], said["rows"], said["dropped"]) == (19, 18, 1)
    assert said["left_out"] == {"empty 'category'": {"count": 1, "rows": [20]}}
    assert said["unused"] == {"columns": {"ticket": 19}, "parts": {}}
    assert "left_out" in {finding.get("kind") for finding in said["findings"]}

    assert main(arguments) == 0
    words = capsys.readouterr().out
    assert "1 row was left out: empty 'category' (row 20)." in words
    assert "Not used: 'ticket' (19 rows)." in words


def test_earlier_changes_are_made_again_unless_the_file_is_wanted_as_it_is(
    table: Path, store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    importing = ["import", str(table), "--project", "Shop", "--json"]
    assert main(importing) == 0
    (first,) = datasets.list_versions(store, 1)
    changes.apply_edit_here(store, first.id, Edit(frozenset({4})), "edit", "By hand")
    table.write_text(table.read_text() + "One more question?,payment\n")
    capsys.readouterr()

    assert main(importing) == 0
    said = _said(capsys)
    assert (said["version"], said["rows"], said["made_again"]) == (4, 60, 1)

    assert main([*importing, "--as-it-is"]) == 0
    said = _said(capsys)
    assert (said["version"], said["rows"], said["made_again"]) == (5, 61, 0)


def test_several_files_are_imported_as_one_and_the_task_is_guessed(
    table: Path, store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    other = table.with_name("march.tsv")
    other.write_text(table.read_text().replace(",", "\t").replace("parcel", "letter"))

    assert main(["import", str(table), str(other), "--project", "Shop", "--json"]) == 0

    said = _said(capsys)
    assert (said["rows"], said["task"], said["notes"]) == (90, "classification", [])
    (version,) = datasets.list_versions(store, 1)
    assert (version.dataset_name, version.source_name) == (
        "questions and 1 more",
        "2 files (questions.csv, …)",
    )


def test_who_answers_in_a_chat_can_be_said(
    tmp_path: Path, store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    chat = tmp_path / "chat.txt"
    lines = [
        f"{day:02}/03/2024, 09:1{minute} - {system}: {text} {day}"
        for day in range(1, 15)
        for minute, system, text in (
            (0, "Mia", "May I ask for"),
            (1, "Desk", "You may:"),
            (2, "Mia", "ok"),
        )
    ]
    chat.write_text("\n".join(lines) + "\n")

    assert main(["import", str(chat), "--project", "Shop", "--assistant", "Mia"]) == 0

    assert "What Mia writes counts as the answers" in capsys.readouterr().out
    (version,) = datasets.list_versions(store, 1)
    assert (version.task, version.rows) == ("chat", 14)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["import", "no.csv", "--project", "P", "--task", "classification"], "There is no file"),
        (["import", "{table}", "--project", "P", "--task", "poetry"], "There is no task 'poetry'"),
        (
            ["import", "{table}", "--project", "P", "--task", "classification", "--map", "text=a"],
            "has no column 'a'",
        ),
        (
            ["import", "{table}", "--project", "P", "--task", "classification", "--map", "text"],
            "--map takes NAME=VALUE",
        ),
        (["cancel", "7"], "7"),
        (["chat", "--run", "the best", "Hello"], "number of a run"),
        (["predict", "--run", "1", "--file", "{table}", "--out", "x.pdf"], ".csv or .xlsx"),
    ],
)
def test_a_mistake_is_one_sentence_and_exit_code_2(
    arguments: list[str],
    sentence: str,
    table: Path,
    store: Store,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main([argument.format(table=table) for argument in arguments]) == 2
    said = capsys.readouterr()
    assert sentence in said.err
    assert len(said.err.splitlines()) == 1
    assert not said.out
    assert projects.project_names(store) == {}


def test_jobs_of_a_fresh_home_are_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["jobs", "--json"]) == 0
    assert _said(capsys) == {"jobs": []}


def test_doctor_tells_cores_and_models(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor"]) == 0
    said = capsys.readouterr().out
    assert "processor cores" in said
    assert "all-MiniLM-L6-v2" in said


def test_whoever_waits_for_a_job_keeps_a_worker_at_work(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = add_job(store)
    looks = []

    def ensure_worker() -> None:
        looks.append(1)
        if len(looks) == 3:  # the third one that was started gets it done
            with store.write() as session:
                session.get_one(Job, job_id).status = SUCCEEDED

    monkeypatch.setattr(output, "ensure_worker", ensure_worker)
    monkeypatch.setattr(queue, "_POLL_S", 0.001)
    assert output.finished(store, job_id).status == SUCCEEDED


def test_bad_answers_are_not_taught_even_where_the_columns_are_given(
    tmp_path: Path, store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "kto.jsonl"
    rows = [
        {"prompt": f"Where is {i}?", "completion": f"It is in town {i}.", "label": i > 9}
        for i in range(30)
    ]
    path.write_text("\n".join(map(json.dumps, rows)))
    arguments = ["import", str(path), "--project", "Shop", "--task", "completion", "--json"]
    given = ["--map", "prompt=prompt", "--map", "response=completion"]

    assert main([*arguments, *given]) == 0
    said = _said(capsys)
    assert said["rows"] == 20
    assert said["left_out"]["marked as a bad answer"]["count"] == 10
    assert "10 answers are marked as bad by 'label': left out, and never taught." in said["notes"]

    assert main([*arguments, *given, "--map", "feedback="]) == 0
    said = _said(capsys)
    assert said["rows"] == 30
    assert said["unused"]["columns"] == {"label": 30}


def test_scores_by_turns_are_told_where_the_exam_was_by_turns() -> None:
    by_turns = {"score": 0.8, "interval": [0.75, 0.84], "rows": 320, "turns": 5}
    test = {"tuned": {"accuracy": 0.8}, "base": {"accuracy": 0.7}}
    told = cli_runs._scores_by_split({"scores": {"test": test, "by_turns": by_turns}})
    assert told == {"validation": {}, "test": {"accuracy": 0.8}, "by_turns": by_turns}
    assert "by_turns" not in cli_runs._scores_by_split({"scores": {"test": test}})


def test_a_stored_exam_is_told_with_its_ladder_and_verdict(
    store: Store,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Also of a run by turns, which cannot be asked again."""
    monkeypatch.setattr(output, "ensure_worker", lambda: None)
    trained = add_trained(store, tmp_path)
    table = exam_of_categories(right=90, base=60, baseline=70).assign(turn=[0, 1] * 50)
    add_exam(store, trained.run_id, table, accuracies(table))
    with store.write() as session:
        run = session.get_one(Run, trained.run_id)
        run.result = {**(run.result or {}), "exam": "turns"}

    for rungs in ("cheap", "all"):
        arguments = ["evaluate", "--run", str(trained.run_id), "--rungs", rungs, "--json"]
        assert main(arguments) == 0
        said = _said(capsys)
        assert (said["rows"], said["tuned"]) == (100, {"accuracy": 0.9})
        assert (said["notes"], said["left_out"], said["unknown_categories"]) == ([], {}, [])
        assert list(said["ladder"]) == ["baseline", "probe", "tuned"]
        assert said["ladder"]["tuned"]["scores"] == {"accuracy": 0.9}
        low, high = said["ladder"]["tuned"]["intervals"]["accuracy"]
        assert low < 0.82 < 0.9 < high, "wider than of as many questions put aside"
        assert said["verdict"]["level"] == said["verdict"]["use"] == "tuned"
        every = {score["name"]: score for score in said["all_scores"]["tuned"]}
        assert list(every) == ["accuracy", "balanced_accuracy", "macro_f1", "weighted_f1", "ece"]
        assert [every["accuracy"]["low"], every["accuracy"]["high"]] == [low, high]
        assert every["macro_f1"]["meaning"]

    assert main(["evaluate", "--run", str(trained.run_id)]) == 0
    assert "Use the trained model." in capsys.readouterr().out


def test_all_rungs_are_asked_for_where_the_exam_lacks_one(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(output, "ensure_worker", lambda: None)
    trained = add_trained(store, tmp_path)
    table = exam_of_categories(right=90, base=60, baseline=70)
    add_exam(store, trained.run_id, table, accuracies(table))
    waited: list[int] = []
    monkeypatch.setattr(cli_runs, "finished", lambda store, job_id: waited.append(job_id))
    assert main(["evaluate", "--run", str(trained.run_id), "--rungs", "all"]) == 0
    with store.read() as session:
        spec = session.get_one(Job, waited[0]).spec
    simple = ["frequent", "median", "baseline", "nearest", "lead", "longer", "shorter"]
    assert spec["rungs"] == [*simple, "examples"]


def test_a_training_starts_from_a_run_and_takes_its_base_model(
    store: Store,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cli_runs, "working_store", lambda: store)
    earlier = add_trained(store, tmp_path)
    told = runs.get_run(store, earlier.run_id)
    with store.write() as session:
        session.get_one(BaseModel, told.base_model_id).location = str(
            model_folder(tmp_path / "tiny", BERT)
        )
    arguments = ["train", "--dataset", str(told.dataset_id), "--json"]
    assert main(arguments) == 2
    assert "--base NAME, or --start-from RUN" in capsys.readouterr().err
    assert main([*arguments, "--start-from", str(earlier.run_id)]) == 0
    said = _said(capsys)
    assert [link["run_id"] for link in said["chain"]] == [earlier.run_id]
    assert runs.get_run(store, said["run_id"]).base_model_id == told.base_model_id


def test_a_training_is_repeated_by_its_number(
    store: Store,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cli_runs, "working_store", lambda: store)
    former = runs.get_run(store, add_trained(store, tmp_path).run_id)
    with store.write() as session:
        session.get_one(BaseModel, former.base_model_id).location = str(
            model_folder(tmp_path / "tiny", BERT)
        )
    assert main(["train", "--json"]) == 2
    assert "--dataset ID, or --again RUN" in capsys.readouterr().err
    assert main(["train", "--again", str(former.id), "--json"]) == 0
    out = capsys.readouterr()
    said = json.loads(out.out.splitlines()[-1])
    assert runs.get_run(store, said["run_id"]).recipe == former.recipe
    assert said["changes"] == [out.err.strip()]
    assert "nobody can say that the same comes out" in out.err
