"""A workbook in a real browser: answered, mended in three places, brought back, made examples."""

from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import App
from tests.browser.test_journey import button, photograph, settle
from tests.helpers.exams import Trained
from tests.helpers.tiny_sorter import add_sorter

ROWS = 60
SUBJECTS = ("parcel", "invoice", "password")


@pytest.fixture
def trained(app: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Trained:
    from storage.schema import open_store

    monkeypatch.setenv("WORKBENCH_HOME", str(app.home))
    store = open_store()
    trained = add_sorter(store, tmp_path)
    store.close()
    return trained


def workbook(path: Path) -> Path:
    """Messages on the second sheet, below a title, beside a formula."""
    book = openpyxl.Workbook()
    book.active.title = "About"
    book.active["A1"] = "Messages of October"
    sheet = book.create_sheet("October")
    sheet.append(["Number", "What they wrote", "Doubled"])
    for number in range(1, ROWS + 1):
        text = f"where is my {SUBJECTS[number % 3]}, asks customer {number}"
        sheet.append([number, text, f"=A{number + 1}*2"])
    sheet.column_dimensions["B"].width = 60
    book.save(path)
    return path


def test_a_workbook_is_answered_mended_and_brought_back(
    app: App, page: Page, browser: Browser, trained: Trained, tmp_path: Path
) -> None:
    page.goto(f"{app.address}/use?project={trained.project_id}")
    settle(page, live=True)
    page.get_by_role("link", name="Answer a file").click()
    page.get_by_role("heading", name="Let your model answer a whole file").wait_for()
    page.locator("input[type=file]").first.set_input_files(workbook(tmp_path / "october.xlsx"))
    page.get_by_text("October.xlsx", exact=False).first.wait_for()
    page.get_by_text("The first 20 answers").wait_for(timeout=480_000)
    expect(page.get_by_role("button", name=f"Answer all {ROWS} rows")).to_be_visible()
    settle(page)
    photograph(page, browser, "answer-first")

    button(page, f"Answer all {ROWS} rows")
    link = page.get_by_role("link", name="Download october answered.xlsx")
    link.wait_for(timeout=480_000)
    with page.expect_download() as found:
        link.click()
    path = tmp_path / "october answered.xlsx"
    found.value.save_as(path)
    book = openpyxl.load_workbook(path)
    sheet = book["October"]
    titles = [cell.value for cell in sheet[1]]
    assert titles[:4] == ["Number", "What they wrote", "Doubled", "about (answer)"]
    assert sheet["C5"].value == "=A5*2"
    assert sheet.max_row == ROWS + 1
    for row in (3, 7, 20):
        answer = sheet[f"D{row}"].value
        sheet[f"D{row}"] = "Payment" if answer != "Payment" else "Account"
    book.save(path)

    page.get_by_text("Put answers right in the file?").click()
    page.get_by_text("The file with your corrections").wait_for()
    page.locator("input[type=file]").last.set_input_files(path)
    page.get_by_text("3 answers put right").wait_for()
    settle(page)
    page.get_by_text("3 answers put right").scroll_into_view_if_needed()
    button(page, "Make 3 examples of them")
    page.get_by_text("They are examples now (version 2)").wait_for()
    button(page, "Go to Train")
    page.get_by_role("heading", name="Ready to train?").wait_for()
