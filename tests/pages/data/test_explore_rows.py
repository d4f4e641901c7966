"""A row in full: a turn, a field or a long text is changed in its form and becomes a version."""

import json
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from storage.database import Store
from tests.fakes.looked import conversations, mails
from tests.pages.opened import open_page, texts
from workbench.data import changes, datasets, pending_edits, versions
from workbench.data.versions import VersionInfo, get_version
from workbench.projects import projects

PAGE = "pages/data/explore.py"


@pytest.fixture
def talks(store: Store, tmp_path: Path) -> VersionInfo:
    return conversations(store, tmp_path, "{}")


@pytest.fixture
def invoices(store: Store, tmp_path: Path) -> VersionInfo:
    path = tmp_path / "invoices.csv"
    lines = []
    for i in range(20):
        found = json.dumps({"number": f"R-{i}", "total": i, "tags": ["new"], "paid": True})
        lines.append(f'Invoice R-{i},"{found.replace(chr(34), chr(34) * 2)}"\n')
    path.write_text("text,response\n" + "".join(lines))
    project_id = projects.create_project(store, "Invoices")
    roles = {"text": "text", "response": "response"}
    saved = datasets.save_version(
        store, project_id=project_id, path=path, task="extraction", mapping=roles
    )
    return get_version(store, saved.version_id)


def opened(version: VersionInfo, row: int) -> AppTest:
    at = open_page(PAGE, project=version.project_id)
    at.text_input(key="explore-row-number").set_value(str(row)).run()
    assert not at.exception, at.exception
    return at


def field(at: AppTest, name: str) -> Any:
    """The input of a field of the answer."""
    inputs = [*at.text_input, *at.text_area, *at.selectbox]
    return next(each for each in inputs if each.label.startswith(name))


def pressed(at: AppTest, key: str) -> AppTest:
    at.button(key=key).click().run()
    assert not at.exception, at.exception
    return at


def saved(store: Store, at: AppTest, version: VersionInfo, row: int) -> dict[str, Any]:
    pressed(at, "explore-save")
    made = changes.history(store, version)[0]
    assert made.number == version.number + 1
    found: dict[str, Any] = versions.rows_by_id(made, [row]).to_pylist()[0]
    return found


def test_a_turn_that_is_changed_becomes_the_next_version(store: Store, talks: VersionInfo) -> None:
    at = opened(talks, 3)
    shown = at.data_editor[0].value["Conversation"]
    assert shown.iloc[0] == "User: Question 0: max@x.de · Assistant: Thank you."
    assert [area.value for area in at.text_area] == ["Question 2: max@x.de", "Thank you."]
    at.text_area(key="turn-3-1-text").set_value('You are "welcome".')
    pressed(at, "row-yes")
    assert "**1 row changed**, not saved yet" in texts(at)
    at.text_input(key="explore-row-number").set_value("3").run()
    pressed(at, "row-back")
    assert pending_edits.pending(store, talks).sentence() == ""
    at.text_input(key="explore-row-number").set_value("3").run()
    assert not [button for button in at.button if button.key == "row-back"]
    at.text_area(key="turn-3-1-text").set_value('You are "welcome".')
    pressed(at, "row-yes")
    said = json.loads(saved(store, at, talks, 3)["messages"])
    assert said == [
        {"role": "user", "content": "Question 2: max@x.de"},
        {"role": "assistant", "content": 'You are "welcome".'},
    ]


def test_turns_are_added_removed_and_given_to_another_speaker(
    store: Store, talks: VersionInfo
) -> None:
    at = opened(talks, 3)
    pressed(at, "turn-3-add")
    at.text_area(key="turn-3-2-text").set_value("And then?")
    pressed(at, "turn-3-add")
    pressed(at, "row-yes")
    assert "Turn 4 (Assistant) is empty" in at.error[0].value
    assert at.text_area(key="turn-3-2-text").value == "And then?"
    pressed(at, "turn-3-3-remove")
    pressed(at, "row-yes")
    assert "ends with an answer of the assistant" in at.error[0].value
    at.selectbox(key="turn-3-2-role").set_value("assistant").run()
    assert "become one turn" in texts(at)
    pressed(at, "row-yes")
    said = json.loads(saved(store, at, talks, 3)["messages"])
    assert [turn["role"] for turn in said] == ["user", "assistant"]
    assert said[1]["content"] == "Thank you.\n\nAnd then?"


def test_an_answer_can_be_read_only_as_long_as_another_is_learned(
    store: Store, talks: VersionInfo
) -> None:
    at = opened(talks, 3)
    at.checkbox(key="turn-3-1-learn").uncheck().run()
    pressed(at, "row-yes")
    assert "No answer of this conversation would be learned" in at.error[0].value

    for number, text in ((2, "And then?"), (3, "Nothing more.")):
        pressed(at, "turn-3-add")
        at.text_area(key=f"turn-3-{number}-text").set_value(text)
    pressed(at, "row-yes")
    said = json.loads(saved(store, at, talks, 3)["messages"])
    assert [turn.get("learn", True) for turn in said] == [True, False, True, True]
    assert "Assistant (not learned): Thank you." in at.data_editor[0].value["Conversation"].iloc[2]


def test_what_is_discarded_or_not_changed_is_no_edit(store: Store, talks: VersionInfo) -> None:
    at = opened(talks, 3)
    pressed(at, "row-yes")
    assert pending_edits.pending(store, talks).sentence() == ""
    at.text_input(key="explore-row-number").set_value("999").run()
    assert "There is no row 999" in at.toast[0].value
    at.text_input(key="explore-row-number").set_value("3").run()
    at.text_area(key="turn-3-0-text").set_value("Something else")
    pressed(at, "row-no")
    assert pending_edits.pending(store, talks).sentence() == ""


def test_a_field_is_changed_and_keeps_its_kind(store: Store, invoices: VersionInfo) -> None:
    at = opened(invoices, 4)
    shown = at.data_editor[0].value["Answer"]
    assert shown.iloc[3] == "number: R-3 · total: 3 · tags: new · paid: yes"
    before = versions.rows_by_id(invoices, [4]).to_pylist()[0]
    field(at, "total").set_value("about 9")
    pressed(at, "row-yes")
    assert "'total' is a number everywhere" in at.error[0].value
    field(at, "total").set_value("9.5")
    field(at, "tags").set_value("new\nlate")
    field(at, "number").set_value("")
    field(at, "paid").set_value("no")
    pressed(at, "row-yes")
    at.toggle(key="explore-only-changes").set_value(True).run()
    told = at.dataframe[0].value.iloc[0]
    assert told["Before"] == "number: R-2\ntotal: 2\ntags: new\npaid: yes"
    assert told["After"] == "number: –\ntotal: 9.5\ntags: new, late\npaid: no"
    row = saved(store, at, invoices, 4)
    assert row["response"] == (
        '{"number": null, "total": 9.5, "tags": ["new", "late"], "paid": false}'
    )
    assert row["text"] == before["text"]


def test_a_long_text_is_changed_in_full_and_nothing_typed_is_lost(
    store: Store, tmp_path: Path
) -> None:
    version = mails(store, tmp_path)
    at = opened(version, 5)
    at.text_area(key="row-5-text").set_value(" ")
    at.selectbox(key="row-5-label").set_value("refund")
    pressed(at, "row-yes")
    assert "Row 5 would be left without a text" in at.error[0].value
    long = "\n".join(f"line {i}" for i in range(40))
    at.text_area(key="row-5-text").set_value(f"{long}\n")
    pressed(at, "row-yes")
    row = saved(store, at, version, 5)
    assert (row["text"], row["label"]) == (long, "refund")


def test_the_form_of_a_row_wins_over_what_was_typed_into_the_table_before(
    store: Store, tmp_path: Path
) -> None:
    version = mails(store, tmp_path)
    at = open_page(PAGE, project=version.project_id)
    key = str(at.data_editor[0].key)
    edited = {"edited_rows": {3: {"Text": "typed in the table"}}}
    at.session_state[key] = {**edited, "added_rows": [], "deleted_rows": []}
    at.run()
    assert pending_edits.pending(store, version).change == {(5, "text"): "typed in the table"}
    at.text_input(key="explore-row-number").set_value("5").run()
    assert at.text_area(key="row-5-text").value == "typed in the table"
    at.text_area(key="row-5-text").set_value("typed in the form")
    pressed(at, "row-yes")
    assert at.data_editor[0].key != key
    assert pending_edits.pending(store, version).change == {(5, "text"): "typed in the form"}


def test_what_is_not_saved_yet_is_looked_at_in_one_place(store: Store, tmp_path: Path) -> None:
    version = mails(store, tmp_path)
    at = open_page(PAGE, project=version.project_id)
    assert not at.toggle
    edits = pending_edits.pending(store, version)
    edits.change[4, "text"] = "another text"
    edits.remove = {7}
    pending_edits.keep(store, version, edits)
    at = open_page(PAGE, project=version.project_id)
    at.toggle(key="explore-only-changes").set_value(True).run()
    shown = at.dataframe[0].value
    assert list(shown["Row"]) == ["4", "7"]
    assert list(shown["Before"]) == ["question number 2", "question number 5 → other"]
    assert list(shown["After"]) == ["another text", ""]
    assert all(shown["When"].str.startswith("today"))
    at.text_input(key="explore-text").set_value("another").run()
    assert list(at.dataframe[0].value["Row"]) == ["4"]
    at.toggle(key="explore-only-changes").set_value(False).run()
    assert list(at.data_editor[0].value["Text"]) == ["another text"]
    assert "1 row." in texts(at)
