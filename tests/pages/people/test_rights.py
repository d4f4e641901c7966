"""Every page, opened by its address by people who do not belong to the project, or may only look."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from storage.acting import Acting
from storage.database import Store
from tests.helpers import accounts, companies, full_home
from tests.helpers.companies import LOOKS, MARK, OWNS, STRANGE
from tests.helpers.strangers import World
from tests.pages.opened import open_page
from workbench.ui import frame

NAMES = {OWNS: "Olga", LOOKS: "Vic", STRANGE: "Sam"}


@pytest.fixture
def worlds(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[World]:
    return companies.fill(store, tmp_path, monkeypatch)


def opened(
    who: int, world: World, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[str, AppTest]]:
    """Each page as somebody has it who knows the numbers of what is in the first project."""
    accounts.act_as(monkeypatch, Acting(who, NAMES[who]))
    ids = world.numbers
    for title, (path, _) in frame.PAGES.items():
        query = {"run": ids["run_id"], "evaluation": ids["evaluation_id"], "job": ids["job_id"]}
        query |= {"conversation": ids["conversation_id"], "version": ids["version_id"]}
        yield title, open_page(path, project=ids["project_id"], **query)


def everything(at: AppTest) -> str:
    """All that is sent to the browser: labels, choices and helps, too."""
    return "\n".join(
        str(getattr(part, "proto", "")) + str(getattr(part, "value", "")) for part in at._tree
    )


def test_no_page_shows_a_stranger_anything(
    store: Store, worlds: list[World], monkeypatch: pytest.MonkeyPatch
) -> None:
    """After its owner has looked at all of it, so that whatever pages keep in mind is there."""
    shown = {title for title, at in opened(OWNS, worlds[0], monkeypatch) if MARK in everything(at)}
    assert {"Data", "Train", "Evaluate", "Use", "Answer", "Checkup", "Queue"} <= shown
    for title, at in opened(STRANGE, worlds[0], monkeypatch):
        assert MARK not in everything(at), title


def test_who_may_only_look_changes_nothing_by_looking(
    store: Store, worlds: list[World], monkeypatch: pytest.MonkeyPatch
) -> None:
    before, refused = full_home.all_rows(store), dict[str, str]()
    for title, at in opened(LOOKS, worlds[0], monkeypatch):
        refused |= {str(b.key): str(b.proto.help) for b in at.button if b.proto.disabled}
        said = [error.value for error in at.error if "may change" in str(error.value)]
        assert not said, (title, said)
    reason = "Only its editors and owners may do this: ask its owner, Olga."
    assert refused["data-use-paste"] == reason
    assert sum(told == reason for told in refused.values()) >= 8, refused
    assert "backup" not in refused, "the Storage page is for administrators"
    after = full_home.all_rows(store)
    others = {table for table in after if after[table] != before[table]}
    assert others <= {"drafts", "audit", "download_tickets", "upload_tickets"}
