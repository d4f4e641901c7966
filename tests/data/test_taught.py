"""Examples that people gave in use, added to versions of each task."""

import json
from pathlib import Path
from typing import Any

import pytest

from storage.database import Store
from workbench.core.errors import WorkbenchError
from workbench.core.tasks.descriptions import descriptions_in
from workbench.data import changes, datasets, described, replay, taught
from workbench.data.edits.edit import TAUGHT_FROM
from workbench.data.files.reader import read_table
from workbench.data.versions import VersionInfo
from workbench.projects import projects

TOLD = [("Delivery", "Where a parcel is."), ("Refund", "Money back for a thing.")]


@pytest.fixture
def version(store: Store) -> VersionInfo:
    project_id = projects.create_project(store, "Mails")
    return described.start_described(store, project_id, "Topics", TOLD)


def texts(rows: list[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"text": text, "label": label} for text, label in rows]


def test_sorted_texts_become_examples_beside_the_descriptions(
    store: Store, version: VersionInfo
) -> None:
    rows = [(f"Where is parcel {n}?", "Delivery") for n in range(6)]
    rows += [(f"Give me my {n} euros", "Refund") for n in range(6)]
    grown = taught.add_taught(store, version, texts(rows))
    assert isinstance(grown, VersionInfo)
    assert grown.rows == 12
    assert grown.splits["train"] >= 6
    assert grown.splits["test"] >= 1
    assert descriptions_in(grown.mapping) == dict(TOLD)
    assert grown.report["labels"] == {"Delivery": 6, "Refund": 6}


def test_a_single_sorted_text_is_enough_and_a_second_thought_changes_it(
    store: Store, version: VersionInfo
) -> None:
    grown = taught.add_taught(store, version, texts([("Where is it?", "Refund")]))
    assert isinstance(grown, VersionInfo)
    assert grown.splits == {"train": 1, "validation": 0, "test": 0}
    better = taught.add_taught(store, grown, texts([("Where is it?", "Delivery")]))
    assert isinstance(better, VersionInfo)
    assert (better.rows, better.report["labels"]) == (1, {"Delivery": 1})


def test_texts_keep_their_side_when_more_come(store: Store, version: VersionInfo) -> None:
    rows = [(f"Text number {n} of many", ("Delivery", "Refund")[n % 2]) for n in range(20)]
    first = taught.add_taught(store, version, texts(rows[:10]))
    assert isinstance(first, VersionInfo)
    second = taught.add_taught(store, first, texts(rows))
    assert isinstance(second, VersionInfo)
    then = {r["text"]: r["split"] for r in changes.data_of(first).to_pylist()}
    now = {r["text"]: r["split"] for r in changes.data_of(second).to_pylist()}
    assert then.items() <= now.items()
    assert len(now) == 20


def saved(store: Store, tmp_path: Path, name: str, content: str, **how: Any) -> VersionInfo:
    project_id = projects.create_project(store, name)
    path = tmp_path / name
    path.write_text(content, "utf-8")
    version = datasets.save_version(
        store, project_id=project_id, path=path, dataset_name="Own", **how
    )
    return datasets.get_version(store, version.version_id)


def replies(store: Store, tmp_path: Path) -> VersionInfo:
    rows = [f"How much is pen {n}?,It costs {n} euros." for n in range(2, 22)]
    content = "\n".join(["prompt,response", *rows])
    return saved(store, tmp_path, "replies.csv", content, task="completion")


def answers(version: VersionInfo) -> dict[str, str]:
    return {row["prompt"]: row["response"] for row in changes.data_of(version).to_pylist()}


def test_a_corrected_reply_replaces_the_example_of_its_question_and_a_new_one_comes_in(
    store: Store, tmp_path: Path
) -> None:
    version = replies(store, tmp_path)
    rows = [
        {"prompt": "How much is pen 3?", "response": "It is 3.50 euros."},
        {"prompt": "Do you repair pens?", "response": "Yes, all of them."},
    ]
    assert taught.unknown(version, rows) == rows
    grown = taught.add_taught(store, version, rows)
    assert isinstance(grown, VersionInfo)
    found = answers(grown)
    assert (len(found), found["How much is pen 3?"]) == (21, "It is 3.50 euros.")
    assert found["Do you repair pens?"] == "Yes, all of them."
    assert taught.unknown(grown, rows) == []
    assert (grown.change or {})["title"] == "2 answers corrected or praised in use"
    numbers = [row["row_id"] for row in changes.data_of(grown).to_pylist()]
    assert sorted(numbers)[-1] == TAUGHT_FROM + 1
    with pytest.raises(WorkbenchError, match="Nothing is chosen"):
        taught.add_taught(store, grown, rows)


def test_what_was_given_in_use_is_there_again_with_a_newer_file(
    store: Store, tmp_path: Path
) -> None:
    version = replies(store, tmp_path)
    rows = [
        {"prompt": "Do you repair pens?", "response": "Yes, all of them."},
        {"prompt": "Do you sell ink?", "response": "In six colours."},
    ]
    taught.add_taught(store, version, rows)
    path = tmp_path / "newer.csv"
    lines = [f"How much is pen {n}?,It costs {n} euros." for n in range(1, 25)]
    lines.append("Do you sell ink?,In seven colours now.")
    path.write_text("\n".join(["prompt,response", *lines]), "utf-8")
    newer = datasets.save_version(
        store, project_id=version.project_id, path=path, dataset_name="Own", task="completion"
    )
    last = datasets.get_version(store, newer.version_id)
    again = replay.replay_now(store, last, read_table(path, path.name))
    assert again is not None
    found = answers(again)
    assert len(found) == 26
    assert found["Do you repair pens?"] == "Yes, all of them."
    assert found["Do you sell ink?"] == "In seven colours now."  # the file's word


def test_fields_are_compared_as_json_and_what_is_none_is_passed_over(
    store: Store, tmp_path: Path
) -> None:
    rows = [
        json.dumps({"text": f"Total {n}", "response": json.dumps({"total": n})}) for n in range(12)
    ]
    roles = {"text": "text", "response": "response"}
    version = saved(store, tmp_path, "f.jsonl", "\n".join(rows), task="extraction", mapping=roles)
    told = [
        {"text": "Total 3", "response": '{ "total" : 3 }'},
        {"text": "Total 4", "response": "four"},
        {"text": "Total 5", "response": '{"total": 5.5}'},
    ]
    assert [row["text"] for row in taught.unknown(version, told)] == ["Total 5"]


def test_a_corrected_turn_becomes_a_conversation_of_its_own(store: Store, tmp_path: Path) -> None:
    def talk(asked: str, said: str) -> list[dict[str, str]]:
        return [{"role": "user", "content": asked}, {"role": "assistant", "content": said}]

    rows = [json.dumps({"messages": talk(f"Hello {n}", f"Good day {n}")}) for n in range(12)]
    version = saved(store, tmp_path, "c.jsonl", "\n".join(rows), task="chat")
    new = [*talk("Hi", "Hello"), *talk("And the price?", "Six euros.")]
    told = [{"messages": json.dumps(new)}, {"messages": json.dumps(talk("Hello 3", "Good day 3"))}]
    grown = taught.add_taught(store, version, told)
    assert isinstance(grown, VersionInfo)
    assert grown.rows == 13
    assert json.loads(changes.data_of(grown).to_pylist()[-1]["messages"]) == new
