"""Versions in a real browser: compared, made live through the gate, back again, and reported on."""

from pathlib import Path

import pypdfium2
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import App
from tests.browser.test_journey import settle
from tests.helpers.exams import accuracies, add_exam, add_trained, exam_of_categories


@pytest.fixture
def two(app: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The project, a good version and a worse one."""
    from storage.schema import open_store

    monkeypatch.setenv("WORKBENCH_HOME", str(app.home))
    store, ids = open_store(), list[int]()
    for name, right in (("Good", 95), ("Worse", 70)):
        place = tmp_path / name
        place.mkdir()
        trained = add_trained(store, place, project_id=ids[0] if ids else None, name=name)
        table = exam_of_categories(right, 40, 50)
        add_exam(store, trained.run_id, table, accuracies(table))
        ids += [trained.run_id] if ids else [trained.project_id, trained.run_id]
    store.close()
    return ids


def _open(page: Page, app: App, two: list[int], run_id: int) -> None:
    page.goto(f"{app.address}/evaluate?project={two[0]}&run={run_id}")
    settle(page)


def _make_live(page: Page, name: str, *, reason: str = "") -> None:
    page.get_by_role("button", name=f"Make '{name}' live").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Your name").fill("Ann Lee")
    if reason:
        expect(dialog).to_contain_text("The gate refuses this version")
        dialog.get_by_role("textbox", name="Why it goes live all the same").fill(reason)
    dialog.get_by_role("button", name="Make it live").click()
    expect(page.get_by_text(f"{name} is live since")).to_be_visible()


def test_compare_gate_live_back_and_report(app: App, page: Page, two: list[int]) -> None:
    _open(page, app, two, two[1])
    _make_live(page, "Good")

    _open(page, app, two, two[2])
    page.get_by_role("tab", name="Better and worse").click()
    expect(page.get_by_text("On the same 100 exam questions: 70.0 % right")).to_be_visible()
    _make_live(page, "Worse", reason="To see it fail")
    expect(page.get_by_text("Against the gate: To see it fail")).to_be_visible()

    page.get_by_role("button", name="Back to Good").click()
    page.get_by_role("dialog").get_by_role("button", name="Back to it").click()
    expect(page.get_by_text("Good is live since")).to_be_visible()

    page.get_by_role("button", name="Report for your manager").click()
    with page.expect_download() as found:
        page.get_by_role("button", name="As PDF").click()
    with pypdfium2.PdfDocument(found.value.path()) as report:
        assert len(report) == 2
        words = " ".join(report[0].get_textpage().get_text_range().split())
    assert "On 100 exam questions the trained model gets 70.0 % right" in words
