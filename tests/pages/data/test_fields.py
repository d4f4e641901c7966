"""Columns become fields on the Data page, and what they hold is said there."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.database import Store
from storage.tables import DatasetVersion
from tests.helpers.exams import add_trained
from tests.pages.opened import open_page, paste, texts
from workbench.core.fields.field import ONE_OF, TEXT, fields_in
from workbench.core.tasks import EXTRACTION
from workbench.data import versions
from workbench.data.field_schema import fields_of
from workbench.data.files import reader
from workbench.projects import projects
from workbench.ui.data.choices import AS_FIELDS
from workbench.ui.data.fields_editor import changes, table

PAGE = "pages/data/data.py"
TABLE = "note\twho\thow\n" + "".join(
    f"Person {n} pays by {['cash', 'card'][n % 2]} and goes home\tPerson {n}\t{['cash', 'card'][n % 2]}\n"
    for n in range(60)
)


@pytest.fixture(autouse=True)
def _no_reader_left() -> Iterator[None]:
    yield
    reader.end_all()


def test_columns_are_chosen_saved_and_shown(store: Store) -> None:
    project_id = projects.create_project(store, "Notes")
    at = paste(open_page(PAGE, project=project_id), TABLE)
    task = next(radio for radio in at.radio if radio.label == "What should the model learn?")
    at = task.set_value(EXTRACTION.name).run()
    boxes = {box.label: box for box in at.selectbox}
    boxes[EXTRACTION.role_titles["text"]].set_value("note")
    at = boxes[EXTRACTION.role_titles["response"]].set_value(AS_FIELDS).run()
    at = at.multiselect[0].set_value(["who", "how"]).run()
    assert not at.exception, at.exception
    at = at.button(key="data-save").click().run()
    (version,) = versions.list_versions(store, project_id)
    assert version.mapping["roles"]["response"] == '["who", "how"]'
    assert [(f.name, f.kind) for f in fields_in(version.mapping)] == [
        ("who", TEXT),
        ("how", ONE_OF),
    ]

    at = open_page(PAGE, project=project_id)
    box = f"told-fields-{version.dataset_id}"
    at.session_state[box] = True
    at = at.run()
    assert "Guessed from your examples" in texts(at)

    rows = table(fields_of(version)).to_dict("records")
    assert not changes(fields_of(version), rows)
    rows[1] |= {
        "One of": "cash | card | check",
        "What it is": "How it was paid.",
        "May be missing": True,
    }
    told = changes(fields_of(version), rows)
    assert (told.kinds[0].kind, told.kinds[0].choices) == (ONE_OF, ("cash", "card", "check"))
    assert (told.helps, told.missing) == ({"how": "How it was paid."}, {"how": True})
    rows[0] |= {"Holds": "number", "Several": True}
    assert (changes(fields_of(version), rows).kinds[0].kind) == "number"


def test_other_programs_are_given_the_form(store: Store, tmp_path: Path) -> None:
    trained = add_trained(store, tmp_path, task="completion", kind="causal")
    with store.write() as session:
        version = session.get_one(DatasetVersion, trained.version_id)
        version.task, version.mapping = EXTRACTION.name, {
            **version.mapping, "fields": [{"name": "who", "kind": "text", "may_be_missing": False}]
        }  # fmt: skip
    at = open_page("pages/use/take_elsewhere.py", project=trained.project_id)
    assert "do not know that form" in texts(at)
    assert '"required": [\n    "who"\n  ]' in at.code[0].value
