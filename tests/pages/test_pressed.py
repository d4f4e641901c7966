"""Everything that a viewer can press on any page, pressed: nothing of it ends in a refusal.

Buttons, switches, menus and ratings are found on the pages, so a new one is pressed here by itself, and so
is what a dialog shows that it opens. What somebody may not do has to be grey, and say who may.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from storage.acting import Acting
from storage.database import Store
from tests.helpers import accounts, companies, full_home
from tests.helpers.companies import LOOKS
from tests.pages.opened import open_page
from workbench.jobs import worker_process
from workbench.ui import frame

REFUSED = (
    "may change", "may do this", "may save", "does not exist", "Only an administrator",
    "Only administrators", "Only owners", "Only editors",
)  # fmt: skip
"""What is said of what somebody may not do."""
NOT_PRESSED = {"sign-out", "menu-sign-out"}
MAY_WRITE = {"drafts", "audit", "download_tickets", "upload_tickets", "projects", "memberships",
             "datasets", "dataset_versions", "must_pass", "jobs"}  # fmt: skip
"""Everybody may make projects of their own, and have the model server started."""
Press = Callable[[AppTest], object]


@pytest.fixture
def query(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """Where Vic looks, who may only look."""
    ids = companies.fill(store, tmp_path, monkeypatch)[0].numbers
    accounts.act_as(monkeypatch, Acting(LOOKS, "Vic"))
    monkeypatch.setattr(worker_process, "ensure_worker", lambda: None)
    return {
        "project": ids["project_id"], "run": ids["run_id"], "evaluation": ids["evaluation_id"],
        "job": ids["job_id"], "conversation": ids["conversation_id"], "version": ids["version_id"],
    }  # fmt: skip


def things(at: AppTest) -> dict[str, Press]:
    """Name → how it is pressed, of everything that is not grey."""
    found: dict[str, Press] = {}
    for button in at.button:
        if not button.proto.disabled:
            found[f"button {button.key or button.label}"] = _button(button.key, button.label)
    for toggle in at.toggle:
        if not toggle.proto.disabled and toggle.key:
            found[f"toggle {toggle.key}"] = _toggle(toggle.key)
    for menu in at.menu_button:
        if not menu.proto.disabled and menu.key:
            for option in menu.options:
                found[f"menu {menu.key}: {option}"] = _menu(menu.key, option)
    for rating in at.feedback:
        if not rating.proto.disabled and rating.key:
            found[f"feedback {rating.key}"] = _rating(rating.key)
    return {name: press for name, press in found.items() if name.split()[-1] not in NOT_PRESSED}


def _button(key: str | None, label: str) -> Press:
    def press(at: AppTest) -> object:
        return next(one for one in at.button if (one.key, one.label) == (key, label)).click().run()

    return press


def _toggle(key: str) -> Press:
    return lambda at: at.toggle(key=key).set_value(not at.toggle(key=key).value).run()


def _menu(key: str, option: str) -> Press:
    def press(at: AppTest) -> object:
        words = option.rpartition(": ")[2]
        return at.menu_button(key=key).click(words).run()

    return press


def _rating(key: str) -> Press:
    return lambda at: at.feedback(key=key).set_value(0).run()


def refusals(at: AppTest) -> set[str]:
    """What is said on the page that somebody may not do, and what broke."""
    said = {str(one.value) for one in at.error if any(part in str(one.value) for part in REFUSED)}
    return said | {str(one.value) for one in at.exception}


def pressed(path: str, query: dict[str, object]) -> Iterator[str]:
    """What is refused after something on the page was pressed; what that opens is pressed, too."""
    before = open_page(path, **query)
    first, was = things(before), refusals(before)
    for name, press in first.items():
        at = open_page(path, **query)
        if name not in things(at):
            continue
        press(at)
        if said := refusals(at) - was:
            yield f"{name}: {said}"
            continue
        for more in things(at).keys() - first.keys():
            again = open_page(path, **query)
            if name not in things(again):
                break  # it could be pressed only once
            press(again)
            opened = things(again)
            if more in opened:
                opened[more](again)
                if said := refusals(again) - was:
                    yield f"{name}, then {more}: {said}"


@pytest.mark.release
@pytest.mark.parametrize("title", list(frame.PAGES))
def test_nothing_that_a_viewer_can_press_is_refused(
    store: Store, query: dict[str, object], title: str
) -> None:
    before = full_home.all_rows(store)
    faults = list(pressed(frame.PAGES[title][0], query))
    assert not faults, "\n".join(faults)
    after = full_home.all_rows(store)
    assert {table for table in after if after[table] != before[table]} <= MAY_WRITE
