"""A blind test in two browsers at once, made and read on the Evaluate page."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from storage.schema import open_store
from tests.browser.conftest import App
from tests.helpers.blind import add_judged
from tests.helpers.exams import Trained


@pytest.fixture
def trained(app: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Trained:
    """A project with an exam, in the home of the running app."""
    monkeypatch.setenv("WORKBENCH_HOME", str(app.home))
    store = open_store()
    try:
        (tmp_path / "made").mkdir()
        return add_judged(store, tmp_path / "made", rows=40)
    finally:
        store.close()


def judge(page: Page) -> None:
    """Prefer the answer with the word "good", and wait for what comes next.

    The page is loaded first: two people who look at once may be shown the same question.
    """
    page.reload()
    first = page.locator(".answer").first.inner_text()
    button = "The first one" if "good" in first else "The second one"
    with page.expect_navigation():
        page.get_by_role("button", name=button).click()


def test_a_blind_test_is_made_judged_in_two_browsers_and_decided(
    app: App, page: Page, browser: Browser, trained: Trained
) -> None:
    page.goto(f"{app.address}/evaluate?project={trained.project_id}")
    page.get_by_role("tab", name="Let people judge").click()
    page.get_by_role("button", name="Make it").click()
    expect(page.get_by_text("Nobody has judged yet.")).to_be_visible()
    link = page.locator("code", has_text="/judge/").inner_text()
    assert re.fullmatch(rf"{app.address}/judge/[\w-]{{32}}", link)

    first, second = (browser.new_context() for _ in range(2))
    ann, bob = first.new_page(), second.new_page()
    for one in (ann, bob):
        one.goto(link)
        expect(one.get_by_role("heading", name="Which answer is better?")).to_be_visible()
        assert "Workbench" not in one.content()
        assert "Mails" not in one.content()
        assert one.title() == "Which answer is better?"
    for number in range(8):
        judge((ann, bob)[number % 2])
    expect(bob.get_by_text("This blind test is over")).to_be_visible()
    ann.reload()
    expect(ann.get_by_text("This blind test is over")).to_be_visible()
    assert ann.get_by_role("button").count() == 0

    expect(page.get_by_text("Decided: people prefer the answers of 'Run 1'")).to_be_visible()
    expect(page.get_by_text("2 browsers took part.")).to_be_visible()
    first.close()
    second.close()
