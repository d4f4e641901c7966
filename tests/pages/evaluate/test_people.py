"""Let people judge, on the Evaluate page."""

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from storage.database import Store
from tests.helpers.blind import add_judged, add_other, judge
from tests.helpers.exams import Trained
from tests.pages.opened import open_page, texts
from workbench.evaluation.people import blind_tests

PAGE = "pages/evaluate/evaluate.py"
TAB = "Let people judge"


def open_tab(trained: Trained) -> AppTest:
    at = open_page(PAGE, project=trained.project_id, run=trained.run_id)
    at.session_state["exam-details"] = TAB
    at.run()
    assert not at.exception, at.exception
    return at


def test_a_test_is_made_its_link_shown_once_and_its_reach_told(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WORKBENCH_HOSTS", raising=False)
    trained = add_judged(store, tmp_path)
    at = open_tab(trained)
    at.button(key="blind-start").click().run()
    assert not at.exception, at.exception
    (info,) = blind_tests.list_blind_tests(store, trained.run_id)
    shown = texts(at)
    found = re.search(r"/judge/([\w-]{20,})", shown)
    assert found is not None
    assert "answers on this computer only" in shown
    assert "Nobody has judged yet." in shown
    judge(store, found[1], "ann")
    again = texts(open_tab(trained))
    assert "/judge/" + found[1] not in again
    assert "Its link was shown when it was made" in again
    assert "'Run 1' was preferred" in again
    assert info.is_open


def test_a_new_link_and_an_end(store: Store, tmp_path: Path) -> None:
    trained = add_judged(store, tmp_path)
    made = blind_tests.start_blind_test(store, trained.run_id)
    at = open_tab(trained)
    at.button(key=f"blind-renew-{made.test_id}").click().run()
    assert re.search(r"/judge/[\w-]{20,}", texts(at))
    at.button(key=f"blind-end-{made.test_id}").click().run()
    assert not at.exception, at.exception
    assert "Ended before it was decided." in texts(at)


def test_it_tells_for_whom_it_is_decided(store: Store, tmp_path: Path) -> None:
    trained = add_judged(store, tmp_path)
    other = add_other(store, tmp_path / "other", trained)
    made = blind_tests.start_blind_test(store, trained.run_id, other.run_id)
    for _ in range(8):
        judge(store, made.token, "ann")
    shown = texts(open_tab(trained))
    assert "Decided: people prefer the answers of 'Run 1' to those of 'Run 2'." in shown
    assert "20 exam questions answered differently" in shown


def test_the_reach_is_told_where_a_proxy_is_named(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORKBENCH_HOSTS", "wb.example")
    trained = add_judged(store, tmp_path)
    blind_tests.start_blind_test(store, trained.run_id)
    shown = texts(open_tab(trained))
    assert "reached as wb.example" in shown.replace("\u2060", "")
