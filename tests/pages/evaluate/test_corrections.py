"""The Evaluate page: answers that are conversations, fields or texts, put right in their own forms."""

import json
from pathlib import Path
from typing import Any

import pytest

from storage.database import Store
from tests.helpers import exams
from tests.helpers.exams import Trained, add_exam, add_trained, answers
from tests.pages.opened import open_page
from workbench.data import changes, datasets
from workbench.data.edits.edit import Edit
from workbench.data.versions import latest_version, read_examples, rows_by_id
from workbench.projects import projects

PAGE = "pages/evaluate/evaluate.py"


def _taught(
    store: Store, folder: Path, task: str, rows: list[dict[str, Any]], roles: dict[str, str]
) -> tuple[int, int]:
    """A run of another task than the helpers know; the project, and the row that its exam asks."""
    path = folder / "rows.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    project_id = projects.create_project(store, "Forms")
    saved = datasets.save_version(
        store, project_id=project_id, path=path, task=task, mapping=roles, dataset_name="Forms"
    )
    model_id = exams.add_model(store, name="tiny", kind="causal")
    about = (folder, "causal", "succeeded", "Run 1", task)
    run_id = exams._add_run(store, project_id, saved.version_id, model_id, *about)
    row = int(read_examples(latest_version(store, 1))["row_id"][0].as_py())
    table = answers(["x"], ["y"]).assign(row_id=[row])
    add_exam(store, run_id, table, {"tuned": {"chrf": 20.0, "exact_match": 0.0}})
    return project_id, row


def test_a_turn_of_a_conversation_is_put_right(store: Store, tmp_path: Path) -> None:
    rows = [
        {
            "messages": [
                {"role": "user", "content": f"Where is parcel {i}?"},
                {"role": "assistant", "content": f"Here is {i}."},
            ]
        }
        for i in range(40)
    ]
    project_id, row = _taught(store, tmp_path, "chat", rows, {"messages": "messages"})
    at = open_page(PAGE, project=project_id)
    at.button(key="wrong-1").click().run()
    next(one for one in at.text_area if one.value.startswith("Here is")).set_value("It is lost.")
    at.button(key="correct-yes").click().run()
    assert not at.exception
    (said,) = rows_by_id(latest_version(store, 1), [row])["messages"].to_pylist()
    assert json.loads(said)[1] == {"role": "assistant", "content": "It is lost."}


def test_a_field_is_put_right(store: Store, tmp_path: Path) -> None:
    rows = [
        {
            "receipt": f"Total {i}.50 EUR, shop number {i}",
            "found": json.dumps({"total": f"{i}.50", "shop": f"number {i}"}),
        }
        for i in range(40)
    ]
    roles = {"text": "receipt", "response": "found"}
    project_id, row = _taught(store, tmp_path, "extraction", rows, roles)
    at = open_page(PAGE, project=project_id)
    at.button(key="wrong-1").click().run()
    assert not at.exception
    next(one for one in at.text_input if one.label == "total").set_value("77.70")
    at.button(key="correct-yes").click().run()
    assert not at.exception
    (said,) = rows_by_id(latest_version(store, 1), [row])["response"].to_pylist()
    assert json.loads(said)["total"] == "77.70"


@pytest.fixture
def replies(store: Store, tmp_path: Path) -> Trained:
    trained = add_trained(store, tmp_path, task="completion", kind="causal")
    add_exam(store, trained.run_id, answers(["Yes."] * 2, ["No."] * 2), {"tuned": {"chrf": 9.0}})
    return trained


def test_a_reply_is_put_right_and_an_empty_one_refused(store: Store, replies: Trained) -> None:
    at = open_page(PAGE, project=replies.project_id)
    at.button(key="wrong-1").click().run()
    at.text_area(key="row-2-response").set_value("  ")
    at.button(key="correct-yes").click().run()
    assert "would be left without a text" in at.error[-1].value
    assert latest_version(store, 1).number == 1
    at.text_area(key="row-2-response").set_value("Your parcel is here.")
    at.button(key="correct-yes").click().run()
    assert not at.exception
    assert rows_by_id(latest_version(store, 1), [2])["response"].to_pylist() == [
        "Your parcel is here."
    ]


def test_a_row_that_is_gone_is_said_in_a_sentence(store: Store, replies: Trained) -> None:
    edit = Edit(remove=frozenset({2}))
    changes.apply_edit_here(store, replies.version_id, edit, changes.EDIT, "Out")
    at = open_page(PAGE, project=replies.project_id)
    at.button(key="wrong-1").click().run()
    assert not at.exception
    assert "has no such row any more" in at.error[-1].value
