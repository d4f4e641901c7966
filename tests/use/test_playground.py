"""Who can be asked, how questions are put, and the server's life as the application sees it."""

import json
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
import pytest

from storage import files
from storage.database import Store
from storage.tables import DatasetVersion, Job, Project, Run
from tests.helpers import made
from workbench.core.errors import WorkbenchError
from workbench.jobs import job as jobs
from workbench.models.served import ServedModel, run_id_of
from workbench.projects import projects
from workbench.use import (
    client,
    conversations,
    playground,
    served_models,
    server,
    server_key,
    suggestions,
)
from workbench.use.client import Answer


@pytest.fixture
def project_id(store: Store) -> int:
    return projects.create_project(store, "Mails")


def add_run(
    store: Store,
    project_id: int,
    *,
    task: str = "completion",
    rows: list[dict[str, Any]] | None = None,
    **facts: Any,
) -> int:
    """A finished run with its adapter's facts, and with an exam if `rows` are given."""
    number = len(list(files.folder("adapters").iterdir()))
    adapter = files.folder("adapters", str(number))
    about = {
        "task": task,
        "kind": "causal",
        "base": {"name": "Tiny", "path": "/models/tiny", "revision": ""},
        "quantization": "nf4",
        "system": "",
        "labels": [],
    }
    (adapter / "workbench.json").write_text(json.dumps(about | facts))
    version_id = made.add_dataset(store, project_id, name=f"Data {number}", task=task)
    model_id = made.add_model(store, name=f"Tiny {number}", kind="causal")
    if rows is not None:
        path = files.folder("made") / "exam.parquet"
        pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows), path)
        with store.write() as session:
            version = session.get(DatasetVersion, version_id)
            assert version is not None
            version.content_hash = files.put_file(path)
    return made.add_run(
        store, project_id, version_id, model_id, name=f"Run {number + 1}", adapter=str(adapter)
    )


def ids(store: Store, project_id: int) -> list[str]:
    return [one.id for one in playground.answerers(store, project_id) if one.run_id]


def test_the_newest_model_of_the_project_comes_first(store: Store, project_id: int) -> None:
    first, second = add_run(store, project_id), add_run(store, project_id)
    add_run(store, projects.create_project(store, "Other"))
    assert ids(store, project_id) == [f"run-{second}", f"run-{first}"]


def test_every_project_in_use_is_served(store: Store, project_id: int) -> None:
    other = projects.create_project(store, "Other")
    mine, theirs = add_run(store, project_id), add_run(store, other)
    listed = {model.id for model in served_models.refresh(store)}
    assert {f"run-{mine}", f"run-{theirs}"} <= listed
    projects.archive_project(store, other)
    listed = {model.id for model in served_models.refresh(store)}
    assert f"run-{theirs}" not in listed


def test_a_run_whose_folder_is_gone_is_not_offered(store: Store, project_id: int) -> None:
    add_run(store, project_id)
    for path in files.folder("adapters").rglob("workbench.json"):
        path.unlink()
    assert ids(store, project_id) == []


def test_the_list_is_written_only_when_it_changes(store: Store, project_id: int) -> None:
    add_run(store, project_id)
    served_models.refresh(store)
    before = served_models.registry_path().stat().st_mtime_ns
    served_models.refresh(store)
    assert served_models.registry_path().stat().st_mtime_ns == before
    add_run(store, project_id)
    served_models.refresh(store)
    assert len(json.loads(served_models.registry_path().read_text())) >= 2


def test_the_server_learns_of_a_limit_that_is_kept(store: Store, project_id: int) -> None:
    run_id = add_run(store, project_id, task="classification", labels=["a", "b"])
    (offered,) = (m for m in served_models.refresh(store) if m.id == f"run-{run_id}")
    assert offered.threshold is None
    assert offered.please_check(0.1, none_of_these=True) is None
    with store.write() as session:
        session.get_one(Run, run_id).threshold = {"value": 0.8, "error": 5.0, "check": 1.0}
    served_models.refresh(store)
    (listed,) = (
        one for one in json.loads(served_models.registry_path().read_text())
        if one["id"] == f"run-{run_id}"
    )  # fmt: skip
    offered = ServedModel.from_dict(listed)
    assert [offered.please_check(p) for p in (0.79, 0.8, 0.81)] == [True, True, False]
    assert offered.please_check(0.99, none_of_these=True)
    assert offered.untrained().please_check(0.1) is None


def test_a_classifier_has_nothing_to_compare_unless_it_writes(
    store: Store, project_id: int
) -> None:
    add_run(store, project_id, task="classification", kind="encoder", labels=["a", "b"])
    run = add_run(store, project_id, system="Be kind.")
    writer, sorter = [one for one in playground.answerers(store, project_id) if one.run_id]
    assert (writer.untrained_id, writer.system, writer.sorts) == (
        f"run-{run}:base",
        "Be kind.",
        False,
    )
    assert (sorter.untrained_id, sorter.labels, sorter.sorts) == (None, ("a", "b"), True)


def test_run_ids_are_read_from_model_ids() -> None:
    assert run_id_of("run-12") == 12
    assert run_id_of("run-12:base") == 12
    assert run_id_of("base:run-12") is None


def test_an_unknown_model_is_named_with_the_known_ones(store: Store, project_id: int) -> None:
    run = add_run(store, project_id)
    with pytest.raises(WorkbenchError, match=f"no model 'run-99'.*run-{run}"):
        playground.ask(store, "run-99", "Hello")


def exam(role: str, answer: str, pairs: list[tuple[str, str]]) -> list[dict[str, Any]]:
    rows = [{"row_id": 1, "split": "train", role: "learned", answer: "x"}]
    tests = [
        {"row_id": number, "split": "test", role: text, answer: reply}
        for number, (text, reply) in enumerate(pairs, 2)
    ]
    return rows + tests


@pytest.mark.parametrize(
    ("task", "role", "answer"),
    [
        ("classification", "text", "label"),
        ("completion", "prompt", "response"),
        ("extraction", "text", "response"),
    ],
)
def test_examples_come_from_the_exam(
    store: Store, project_id: int, task: str, role: str, answer: str
) -> None:
    pairs = [(f"q{n}", f"a{n}") for n in range(9)]
    run = add_run(store, project_id, task=task, rows=exam(role, answer, pairs))
    found = suggestions.examples(store, run)
    assert [(example.text, example.expected) for example in found] == [
        ("q0", "a0"),
        ("q2", "a2"),
        ("q4", "a4"),
        ("q6", "a6"),
    ]
    assert found[0].details() == {"row_id": 2, "expected": "a0"}


def test_the_first_exchange_of_a_conversation_is_the_example(store: Store, project_id: int) -> None:
    talk = [
        {"role": "system", "content": "s"},
        {"role": "user", "content": "q"},
        {"role": "assistant", "content": "a"},
        {"role": "user", "content": "q2"},
    ]
    rows = [{"row_id": 1, "split": "test", "messages": json.dumps(talk)}]
    (example,) = suggestions.examples(store, add_run(store, project_id, task="chat", rows=rows))
    assert (example.text, example.expected) == ("q", "a")


def test_a_document_is_begun_and_the_rest_expected(store: Store, project_id: int) -> None:
    words = [str(number) for number in range(60)]
    rows = [{"row_id": 1, "split": "test", "text": " ".join(words)}]
    run = add_run(store, project_id, task="language-modelling", rows=rows)
    (example,) = suggestions.examples(store, run)
    assert example.text.split() + example.expected.split() == words
    assert len(example.text.split()) == 25


def test_without_the_file_there_are_no_examples(store: Store, project_id: int) -> None:
    assert suggestions.examples(store, add_run(store, project_id)) == []
    assert suggestions.examples(store, 99) == []


def test_each_model_sees_its_own_earlier_answers(store: Store, project_id: int) -> None:
    talk, _ = conversations.start_conversation(store, project_id, None, "q1")
    conversations.add_answer(store, talk, "run-1", "tuned", {})
    conversations.add_answer(store, talk, "run-1:base", "base", {})
    conversations.add_question(store, talk, "unanswered")
    earlier = conversations.turns(store, talk)
    tuned, base = (playground.question(m, "q3", earlier=earlier) for m in ("run-1", "run-1:base"))
    assert [turn["content"] for turn in tuned.messages] == ["q1", "tuned", "q3"]
    assert [turn["content"] for turn in base.messages] == ["q1", "base", "q3"]
    assert tuned.settings == playground.DEFAULT_SETTINGS


def test_a_system_prompt_goes_first_even_when_empty() -> None:
    asked = playground.question("run-1", "q", system="", settings={"temperature": 1.0})
    assert asked.messages[0] == {"role": "system", "content": ""}
    assert asked.settings["temperature"] == 1.0
    assert playground.question("run-1", "q").messages == ({"role": "user", "content": "q"},)


def test_details_say_how_an_answer_came_about() -> None:
    answer = Answer("run-1", "Half", tokens=3, seconds=1.234)
    kept = playground.answer_details(answer, {"temperature": 0.0}, "Run 1")
    assert kept["finish_reason"] == "stopped"
    assert (kept["seconds"], kept["title"], "error" in kept) == (1.23, "Run 1", False)


def test_one_server_is_started_however_often_it_is_asked_for(store: Store, project_id: int) -> None:
    run = add_run(store, project_id)
    first = server.start_server(store, f"run-{run}")
    assert server.start_server(store) == first
    job = jobs.get_job(store, first)
    assert (job.kind, job.project_id) == ("serve", None)
    with store.read() as session:
        spec = session.get_one(Job, first).spec
    assert spec["preload"] == f"run-{run}"
    assert Path(spec["registry"]).is_file()
    assert Path(spec["key_file"]).read_text().strip() == server_key.key()
    assert server_key.key() not in str(spec)
    assert server.server_state(store).sentence == "Waiting for the worker…"
    with store.read() as session:
        assert session.query(Project).count() == 1


def set_job(store: Store, job_id: int, **values: Any) -> None:
    with store.write() as session:
        job = session.get_one(Job, job_id)
        for name, value in values.items():
            setattr(job, name, value)


def test_a_server_is_ready_when_it_answers_by_its_name(
    store: Store, project_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = server.start_server(store)
    answers = {"http://127.0.0.1:5000": "job-999"}
    monkeypatch.setattr(client, "server_name", answers.get)
    set_job(store, job_id, status="running", progress={"message": "Loading the model…"})
    assert server.server_state(store).sentence == "Loading the model…"
    set_job(store, job_id, progress={"port": 5000})
    assert server.server_state(store).phase == server.STARTING
    answers["http://127.0.0.1:5000"] = f"job-{job_id}"
    state = server.server_state(store)
    assert (state.phase, state.url) == (server.READY, "http://127.0.0.1:5000")
    info = playground.ensure_server(store)
    assert info.url == state.url
    server.stop_server(store)
    assert server.server_state(store).phase == server.STOPPING


def test_waiting_ends_with_the_reason_of_a_failure(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_seconds: float) -> None:
        state = server.server_state(store)
        set_job(store, state.job_id or 0, status="failed", reason="Memory ran out.")

    monkeypatch.setattr(server.time, "sleep", fail)
    told: list[str] = []
    with pytest.raises(WorkbenchError, match="Memory ran out"):
        playground.ensure_server(store, on_progress=told.append)
    assert told == ["Waiting for the worker…"]


def test_waiting_ends_after_a_while(store: Store) -> None:
    with pytest.raises(WorkbenchError, match="did not start within 0 seconds"):
        playground.ensure_server(store, timeout_s=0)


def test_serving_needs_a_model_that_is_there(store: Store) -> None:
    with pytest.raises(WorkbenchError, match="no model 'run-5'"):
        playground.serve_forever(store, "run-5")
    assert not list(files.folder("serve").glob("server-*"))


def test_what_nobody_told_the_model_is_kept_with_its_answer() -> None:
    answer = Answer("run-1", "It costs 2.50 euros.")
    event: dict[str, Any] = {"choices": [{"delta": {}, "finish_reason": "stop"}]}
    client._take(answer, event | {"workbench": {"not_in_examples": ["2.50 euros"]}})
    client._take(answer, {"choices": [], "usage": {"completion_tokens": 7}})
    assert answer.invented == ("2.50 euros",)
    details = playground.answer_details(answer, {}, "Run 1")
    assert details["not_in_examples"] == ["2.50 euros"]
    assert "not_in_examples" not in playground.answer_details(Answer("run-1"), {}, "Run 1")
