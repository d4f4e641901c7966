"""A version pushed to a hub on this machine: it gets the files, whole or not at all."""

import io
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import yaml
from datasets import load_dataset

from storage import files
from storage.database import Store
from tests.fakes.hub import FakeHub, Trouble, hub_here
from tests.helpers.engine_jobs import events, run
from tests.helpers.made import end_job
from workbench.core.errors import WorkbenchError
from workbench.data import datasets, pushes
from workbench.data.files import hub_sets
from workbench.data.versions import VersionInfo, read_examples
from workbench.engine.hub import download_data, fetching, push_data, watched
from workbench.jobs.job import get_job
from workbench.jobs.process.job_dir import JobDir, write_json
from workbench.jobs.process.stop import Stop
from workbench.models.online import token
from workbench.projects import projects

NAME = "ann/letters"
TOKEN = "hf_that_may_write_1234"
CHAT = [
    [{"role": "user", "content": f"When does ship {i} leave?"},
     {"role": "assistant", "content": "I do not know.", "weight": 0},
     {"role": "user", "content": "Look it up."},
     {"role": "assistant", "content": f"At {i} o'clock."}]
    for i in range(30)
]  # fmt: skip
ROWS = {
    "text,label": "text,label\n" + "".join(f"letter \"{i}\" – ünï,kind {i % 3}\n" for i in range(60)),
    "prompt,response": "question,answer\n" + "".join(
        f"What is number {i} for?,It is for the {i}th harbour of them all.\n" for i in range(40)
    ),
    "messages": "".join(json.dumps({"messages": turns}) + "\n" for turns in CHAT),
}  # fmt: skip


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, store: Store) -> Iterator[FakeHub]:
    monkeypatch.setattr(watched, "LOOK_S", 0.02)
    with hub_here(monkeypatch) as hub:
        hub.tokens[TOKEN] = "ann"
        token.keep(store, TOKEN)
        for module in (push_data, download_data, fetching):
            monkeypatch.setattr(module, "handed_over", lambda: TOKEN)
        yield hub
        hub.gate.set()
        for thread in threading.enumerate():  # what was left alone goes on until it has ended
            if thread.name == watched.THREAD:
                thread.join(20)


def saved(store: Store, text: str, ending: str = ".csv", name: str = "Letters") -> VersionInfo:
    source = datasets.keep_all([(io.BytesIO(text.encode()), f"letters{ending}")])
    project_id = projects.create_project(store, "Harbour")
    made = datasets.save_version(
        store,
        project_id=project_id,
        path=files.object_path(source.digest),
        source_name=source.name,
        dataset_name=name,
    )
    return datasets.get_version(store, made.version_id)


@pytest.fixture
def version(store: Store) -> VersionInfo:
    return saved(store, ROWS["text,label"])


def folder_for(store: Store, push: pushes.Push) -> JobDir:
    """The job's folder, as the worker prepares it."""
    job_id = pushes.start(store, push).id
    with store.read() as session:
        from storage.tables import Job

        spec = session.get_one(Job, job_id).spec
    folder = JobDir(files.job_folder(job_id))
    folder.path.mkdir(parents=True)
    assert TOKEN not in json.dumps(spec)
    write_json(folder.spec, {**spec, "job_id": job_id, "attempt": 1})
    return folder


def pushed(store: Store, push: pushes.Push) -> dict[str, Any]:
    folder = folder_for(store, push)
    result = run(folder)
    end_job(store, int(folder.path.name), result["status"])
    return result


def downloaded(store: Store, name: str) -> VersionInfo:
    """As `import --hub` does it."""
    project_id = projects.create_project(store, "Read back")
    job = hub_sets.start(store, project_id, hub_sets.look_up(name), "default")
    folder = JobDir(files.job_folder(job.id))
    folder.path.mkdir(parents=True)
    with store.read() as session:
        from storage.tables import Job

        write_json(
            folder.spec, {**session.get_one(Job, job.id).spec, "job_id": job.id, "attempt": 1}
        )
    result = run(folder)
    assert result["status"] == "succeeded", result["reason"]
    end_job(store, job.id, **result)
    source = hub_sets.take(store, get_job(store, job.id))
    made = datasets.save_version(
        store,
        project_id=project_id,
        path=files.object_path(source.digest),
        source_name=source.name,
    )
    return datasets.get_version(store, made.version_id)


def rows_of(version: VersionInfo) -> list[str]:
    table = read_examples(version).drop_columns(["row_id", "split"])
    return sorted(json.dumps(row, sort_keys=True) for row in table.to_pylist())


@pytest.mark.parametrize("columns", ROWS)
def test_what_is_pushed_is_read_back_the_same(store: Store, hub: FakeHub, columns: str) -> None:
    ending = ".jsonl" if columns == "messages" else ".csv"
    version = saved(store, ROWS[columns], ending)
    result = pushed(store, pushes.plan(store, version, NAME, licence="cc-by-4.0"))
    assert (result["status"], result["rows"]) == ("succeeded", version.rows), result["reason"]
    assert result["url"] == f"{hub.address}/datasets/{NAME}"
    assert NAME in hub.pushes.private
    back = downloaded(store, NAME)
    assert (back.task, back.rows) == (version.task, version.rows)
    assert rows_of(back) == rows_of(version)


def test_the_hub_gets_parquet_by_its_large_file_storage_and_a_card(
    store: Store, hub: FakeHub, version: VersionInfo, tmp_path: Path
) -> None:
    push = pushes.plan(store, version, NAME, is_public=True, licence="mit")
    assert pushed(store, push)["status"] == "succeeded"
    held = hub.files[NAME]
    assert set(held) == {"README.md", *(f"data/{s}-00000-of-00001.parquet" for s in version.splits)}
    assert {held[path] for path in held if path.endswith(".parquet")} == set(
        hub.pushes.objects.values()
    )
    assert len(hub.pushes.commits) == 1
    assert NAME not in hub.pushes.private
    about = yaml.safe_load(held["README.md"].decode().split("---")[1])
    assert about["license"] == "mit"
    assert [entry["split"] for entry in about["configs"][0]["data_files"]] == list(version.splits)
    for path, content in held.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    rows = pq.read_table(tmp_path / "data" / "train-00000-of-00001.parquet")
    assert rows.column_names == list(push.columns) == ["text", "label"]
    loaded = load_dataset(str(tmp_path), cache_dir=str(tmp_path / "cache"))
    assert {split: len(part) for split, part in loaded.items()} == version.splits


def test_what_leaves_is_said_before_and_nothing_was_sent(
    store: Store, hub: FakeHub, version: VersionInfo
) -> None:
    said = pushes.plan(store, version, NAME).sentence
    place = hub.address.removeprefix("http://")
    for part in (
        f"{version.rows} rows", "text and label", place, NAME, "private: only who you let in",
        "Nothing else leaves",
    ):  # fmt: skip
        assert part in said
    assert "already" not in said
    assert hub.sent == 0
    assert NAME not in hub.files


def test_a_data_set_that_is_there_gets_a_new_version_and_keeps_what_is_not_ours(
    store: Store, hub: FakeHub, version: VersionInfo
) -> None:
    hub.files[NAME] = {"README.md": b"old", "data/old.parquet": b"old", "notes.txt": b"mine"}
    hub.about[NAME] = {"private": True}
    push = pushes.plan(store, version, NAME)
    assert "already: this becomes a new version of it" in push.sentence
    assert pushed(store, push)["status"] == "succeeded"
    held = hub.files[NAME]
    assert held["notes.txt"] == b"mine"
    assert "data/old.parquet" not in held
    assert b"configs" in held["README.md"]


def test_private_rows_never_go_into_a_public_data_set(
    store: Store, hub: FakeHub, version: VersionInfo
) -> None:
    hub.files[NAME] = {}
    hub.about[NAME] = {"private": False}
    with pytest.raises(WorkbenchError, match="everybody can see it"):
        pushes.plan(store, version, NAME)
    hub.files.clear()
    push = pushes.plan(store, version, NAME)
    hub.files[NAME] = {"README.md": b"made public meanwhile"}
    result = pushed(store, push)
    assert (result["status"], hub.pushes.commits) == ("failed", [])
    assert "can be seen by everybody by now" in result["reason"]


@pytest.mark.parametrize(
    ("ending", "status", "says"),
    [
        ("/api/repos/create", 403, "may not do this"),
        ("/preupload/main", 403, "may not do this"),
        ("objects/batch", 401, "does not accept your access token"),
        ("/commit/main", 413, r"error \(413\)"),
    ],
)
def test_a_refusal_leaves_nothing_and_says_so(
    store: Store, hub: FakeHub, version: VersionInfo, ending: str, status: int, says: str
) -> None:
    hub.troubles.append(Trouble(ending, status=status))
    result = pushed(store, pushes.plan(store, version, NAME))
    assert result["status"] == "failed"
    assert says.replace("\\", "") in result["reason"]
    assert "on the hub" in result["reason"]
    assert NAME not in hub.files
    assert not hub.pushes.commits


@pytest.mark.parametrize("trouble", [{"status": 502}, {"hangs": True}])
def test_an_answer_that_is_lost_at_the_last_step_is_told_as_that(
    store: Store,
    hub: FakeHub,
    version: VersionInfo,
    monkeypatch: pytest.MonkeyPatch,
    trouble: dict[str, Any],
) -> None:
    """It may have come about, so nothing is deleted and nothing is claimed."""
    monkeypatch.setattr(push_data, "COMMIT_S", 0.3)
    hub.troubles.append(Trouble("/commit/main", **trouble))
    result = pushed(store, pushes.plan(store, version, NAME))
    assert result["status"] == "failed"
    assert f"look at {hub.address}/datasets/{NAME}" in result["reason"]
    assert "Nothing of it is on the hub" not in result["reason"]
    assert not hub.pushes.deleted


def test_one_that_was_there_is_as_it_was_after_a_failure(
    store: Store, hub: FakeHub, version: VersionInfo
) -> None:
    hub.files[NAME] = {"README.md": b"old"}
    hub.about[NAME] = {"private": True}
    hub.troubles.append(Trouble("/commit/main", status=413))
    result = pushed(store, pushes.plan(store, version, NAME))
    assert "what was there is as it was" in result["reason"]
    assert hub.files[NAME] == {"README.md": b"old"}
    assert not hub.pushes.deleted


def test_an_empty_data_set_that_cannot_be_deleted_is_told(
    store: Store, hub: FakeHub, version: VersionInfo
) -> None:
    hub.troubles += [Trouble("/commit/main", status=413), Trouble("/repos/delete", status=403)]
    result = pushed(store, pushes.plan(store, version, NAME))
    assert f"an empty data set {NAME} is" in result["reason"]


def test_stopped_on_the_way_nothing_is_there(
    store: Store, hub: FakeHub, version: VersionInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.troubles.append(Trouble("objects/batch", hangs=True))
    came = property(lambda _: any("objects/batch" in asked for asked in hub.asked))
    monkeypatch.setattr(Stop, "is_cancelled", came)
    result = pushed(store, pushes.plan(store, version, NAME))
    assert result["status"] == "cancelled"
    assert result["reason"] == "You stopped it. Nothing of it is on the hub."
    assert hub.pushes.deleted == [NAME]
    assert not hub.pushes.commits


def test_a_hub_that_takes_nothing_more_is_not_waited_for(
    store: Store, hub: FakeHub, version: VersionInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(push_data, "STALLED_S", 0.1)
    hub.troubles.append(Trouble("objects/batch", hangs=True))
    result = pushed(store, pushes.plan(store, version, NAME))
    assert "has taken nothing" in result["reason"]
    assert "Nothing of it is on the hub" in result["reason"]


def test_progress_is_told(store: Store, hub: FakeHub, version: VersionInfo) -> None:
    folder = folder_for(store, pushes.plan(store, version, NAME))
    assert run(folder)["status"] == "succeeded"
    steps = [event["step"] for event in events(folder, "progress")]
    assert steps == sorted(steps)
    assert not (folder.path / "push").exists()


@pytest.mark.parametrize("name", ["letters", "a/b/c", "ann/let ters", "ann/..", "-x/y", ""])
def test_what_is_no_name_is_refused(
    store: Store, hub: FakeHub, version: VersionInfo, name: str
) -> None:
    hub.asked.clear()
    with pytest.raises(WorkbenchError, match="cannot be the name of a data set"):
        pushes.plan(store, version, name)
    assert not hub.asked


def test_without_a_token_the_way_to_one_is_said(
    store: Store,
    hub: FakeHub,
    version: VersionInfo,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(tmp_path / "none"))
    token.forget(store)
    with pytest.raises(WorkbenchError, match="takes an access token"):
        pushes.plan(store, version, NAME)


def test_a_name_made_to_do_harm_stays_a_name_on_the_card(store: Store, hub: FakeHub) -> None:
    version = saved(store, ROWS["text,label"], name='x" --- ![a](http://b.example/c) <script>')
    assert pushed(store, pushes.plan(store, version, NAME))["status"] == "succeeded"
    card = hub.files[NAME]["README.md"].decode()
    head, text = _parts(card)
    assert set(yaml.safe_load(head)) == {"pretty_name", "configs"}
    assert "![a]" not in text
    assert "<script>" not in text


def _parts(card: str) -> tuple[str, str]:
    """The YAML between the card's first two lines of dashes, and what comes after."""
    head, _, text = card.removeprefix("---\n").partition("\n---\n")
    return head, text
