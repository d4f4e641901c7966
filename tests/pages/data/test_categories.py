"""The Data page with a table of categories, one of which stands for none of the others."""

import pytest

from storage.database import Store
from tests.pages.opened import open_page, texts
from workbench.data.versions import get_version
from workbench.projects import projects

PAGE = "pages/data/data.py"
KINDS = ["Refund", "Delivery", "Other"]
LINES = [f"Message {i} about {KINDS[i % 3]},{KINDS[i % 3]}" for i in range(30)]


@pytest.fixture
def project_id(store: Store) -> int:
    return projects.create_project(store, "Mails")


def test_a_category_can_stand_for_none_of_the_others(store: Store, project_id: int) -> None:
    at = open_page(PAGE, project=project_id)
    content = "\n".join(["text,kind", *LINES]).encode()
    at.get("file_uploader")[0].set_value([("mails.csv", content, "text/csv")]).run()
    (key,) = (str(box.key) for box in at.selectbox if str(box.key).startswith("data-outside"))
    assert (at.selectbox(key=key).value, at.selectbox(key=key).options) == (None, sorted(KINDS))

    at.selectbox(key=key).set_value("Other").run()
    at.button(key="data-save").click().run()
    assert not at.exception
    assert get_version(store, 1).mapping["out_of_scope"] == "Other"
    again = open_page(PAGE, project=project_id)
    assert again.selectbox(key=key).value == "Other"
    assert "Saved" in texts(again)
