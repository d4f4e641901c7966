"""The Data page where rows belong together: how the exam is drawn."""

import io
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from storage.database import Store
from tests.pages.opened import open_page, texts
from workbench.data import datasets
from workbench.projects import projects
from workbench.system import drafts

PAGE = "pages/data/data.py"
QUESTION = "How are exam questions drawn?"


def _table(header: str = "kunden_nr", more: int = 0) -> str:
    """Mails of thirty customers, each about a thing of its own."""
    lines = [f"text,label,{header}"]
    for i in range(120 + more):
        thing = "".join(chr(97 + int(digit)) for digit in str(i % 30))
        lines.append(f"my {thing} {thing}x {thing}y no {i} is lost,kind {i // 30 % 3},K{i % 30}")
    return "\n".join(lines)


@pytest.fixture
def project_id(store: Store) -> int:
    return projects.create_project(store, "Mails")


def _open(store: Store, project_id: int, text: str, **draft: Any) -> AppTest:
    source = datasets.keep(io.BytesIO(text.encode()), "mails.csv")
    drafts.save_draft(store, project_id, "data", {"source": source.__dict__, **draft})
    return open_page(PAGE, project=project_id)


def _radio(at: AppTest) -> Any:
    (found,) = [radio for radio in at.radio if radio.label == QUESTION]
    return found


def test_what_is_clearly_better_is_chosen_and_says_why(store: Store, project_id: int) -> None:
    at = _open(store, project_id, _table())

    radio = _radio(at)

    assert radio.options == ["At random", "By customer (kunden_nr)"]
    assert radio.value == "group:kunden_nr"
    assert "Suggested" in radio.proto.captions[1]
    assert "seen nearly word for word" in radio.proto.captions[1]
    assert "30 customers, none on both sides" in texts(at)
    at.button(key="data-save").click().run()
    (version,) = datasets.list_versions(store, project_id)
    assert version.mapping["split_by"] == {"kind": "group", "column": "kunden_nr"}
    assert version.report["split"]["on_both_sides"] == 0


def test_nothing_is_asked_where_no_column_matters(store: Store, project_id: int) -> None:
    table = _table().replace("K", "K0", 1)
    lines = [f"{line.rsplit(',', 1)[0]},{i}x" for i, line in enumerate(table.splitlines()[1:])]

    at = _open(store, project_id, "\n".join(["text,label,kunden_nr", *lines]))

    assert QUESTION not in [radio.label for radio in at.radio]
    assert at.metric[0].value == "120"


def test_a_dataset_goes_on_as_it_began(store: Store, project_id: int) -> None:
    at = _open(store, project_id, _table())
    _radio(at).set_value("random").run()
    assert "on both sides" not in texts(at)
    at = open_page(PAGE, project=project_id)
    assert _radio(at).value == "random"
    at.checkbox(key="data-near-duplicates").set_value(False).run()
    at.button(key="data-save").click().run()
    (version,) = datasets.list_versions(store, project_id)
    assert not {"near_duplicates", "split_by"} & version.mapping.keys()

    later = _open(store, project_id, _table(more=40))

    assert _radio(later).value == "random"
    assert "As in version 1" in _radio(later).proto.captions[0]
    assert "Suggested" in _radio(later).proto.captions[1]
    assert "and keeps its exam questions." in texts(later)
    _radio(later).set_value("group:kunden_nr").run()
    assert "and has an exam of its own." in texts(later)


def test_a_version_by_any_column_is_edited_as_it_was_drawn(store: Store, project_id: int) -> None:
    at = _open(
        store,
        project_id,
        _table("product"),
        split_by={"kind": "group", "column": "product"},
        own_split=True,
    )
    assert _radio(at).value == "group:product"
    at.button(key="data-save").click().run()
    (version,) = datasets.list_versions(store, project_id)

    at.button(key=f"edit-{version.id}").click().run()

    assert _radio(at).value == "group:product"
    at.button(key="data-save").click().run()
    assert len(datasets.list_versions(store, project_id)) == 1


def test_with_an_exam_of_ones_own_nothing_is_drawn(store: Store, project_id: int) -> None:
    at = _open(store, project_id, _table(), own_exam=True)
    assert QUESTION not in [radio.label for radio in at.radio]
