"""From a messy workbook to examples one can trust: checked up, mended, undone, looked at."""

import re
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import RESULTS, App
from tests.browser.messy import write_messy
from tests.browser.test_journey import button, photograph, settle

CHECKUP_MS = 480_000
FINDINGS = "[class*=st-key-finding-]"


def test_a_messy_workbook_becomes_examples_to_trust(
    app: App, page: Page, browser: Browser, tmp_path: Path
) -> None:
    """Upload → map → save → checkup → three fixes → undo one → history → edit → saved → a newer
    file, in which all of it is done again."""
    rows = write_messy(tmp_path / "mails.xlsx")
    page.goto(app.address)
    button(page, "Start your own")
    page.get_by_label("Name", exact=True).fill("Shop mails")
    button(page, "Create project")
    page.get_by_role("heading", name="Is your data ready?").wait_for()
    page.locator("input[type=file]").first.set_input_files(tmp_path / "mails.xlsx")
    page.get_by_text("How the file was read").first.wait_for()
    expect(page.get_by_text("sheet 'Mails 2025'")).to_be_visible()
    page.get_by_text("As the model sees it").wait_for()
    settle(page)
    button(page, "Save as version 1")
    page.get_by_text(re.compile(rf"Your data is ready: {rows} examples")).wait_for()
    photograph(page, browser, "messy-data")

    button(page, "Check the examples first")
    page.get_by_role("heading", name="Is anything wrong with your data?").wait_for()
    button(page, "Look through the examples")
    page.get_by_text(re.compile(r"\d+ of 100")).wait_for(timeout=CHECKUP_MS)
    settle(page)
    photograph(page, browser, "checkup")

    mend(page, "personal", into=2)
    mend(page, "spellings", into=3)
    expect(page.locator("[class*=st-key-finding-duplicates]").first).to_be_visible()
    settle(page)
    before = page.locator(FINDINGS).count()
    mend(page, "duplicates", into=4)
    settle(page)
    expect(page.locator(FINDINGS)).not_to_have_count(before)
    assert page.locator(FINDINGS).count() < before

    button(page, "Undo it")
    page.get_by_text("mails · version 5 ·").wait_for()
    expect(page.locator("[class*=st-key-finding-duplicates]").first).to_be_visible()
    for number in range(1, 6):
        expect(page.get_by_text(f"Version {number} ·").first).to_be_visible()
    expect(page.get_by_text("Back to version 3").first).to_be_visible()

    page.reload()
    settle(page)
    page.get_by_role("link", name="Look, edit and label").click()
    page.get_by_role("heading", name="What is in your data?").wait_for()
    page.get_by_role("textbox", name="Search").fill("EMAIL_1")
    page.get_by_role("textbox", name="Search").press("Enter")
    page.get_by_text("2 rows.").wait_for()
    photograph(page, browser, "explore")
    for view in ("Map", "Categories", "Sort by hand"):
        page.get_by_role("radio", name=view).or_(page.get_by_role("button", name=view)).click()
        settle(page)
    page.get_by_role("button", name=re.compile("^Delivery")).first.click()
    page.get_by_text("1 row sorted by hand").wait_for()
    button(page, "Save as a new version")
    page.get_by_text("mails · version 6 ·").wait_for()

    page.get_by_role("radio", name="Rows").or_(page.get_by_role("button", name="Rows")).click()
    page.get_by_role("textbox", name="Open row").fill("8")
    page.get_by_role("textbox", name="Open row").press("Enter")
    row = page.get_by_role("dialog")
    row.get_by_role("textbox", name="Text").fill("Good day, the clock is late, what shall I do?")
    row.get_by_role("textbox", name="Text").press("Control+Enter")
    page.screenshot(path=RESULTS / "row-1440-light.png")
    row.get_by_role("button", name="Keep").click()
    page.get_by_text("1 row changed").wait_for()
    button(page, "Save as a new version")
    page.get_by_text("mails · version 7 ·").wait_for()

    more = write_messy(tmp_path / "mails.xlsx", more=12)
    page.get_by_role("link", name="Bring and choose").click()
    button(page, "Start another dataset")
    page.locator("input[type=file]").first.set_input_files(tmp_path / "mails.xlsx")
    again = page.get_by_text(re.compile("Make my earlier changes again: .*changed"))
    again.wait_for()
    settle(page)
    photograph(page, browser, "again")
    button(page, "Save as version 8")
    page.get_by_text(re.compile(rf"Your data is ready: {more} examples")).wait_for()
    page.get_by_text(re.compile("made again: they are version 9")).wait_for()
    page.get_by_role("link", name=re.compile("Model")).first.click()
    page.get_by_role("heading", name="Which model fits?").wait_for()


def mend(page: Page, finding: str, into: int) -> None:
    """Press a finding's first fix, agree, and await the next version and the look through it."""
    card = page.locator(f"[class*=st-key-finding-{finding}]").first
    card.get_by_role("button", name="…").first.click()
    page.get_by_role("button", name="Make the new version").click()
    page.get_by_text(f"mails · version {into} ·").wait_for()
    page.get_by_text(re.compile(r"\d+ of 100")).wait_for(timeout=CHECKUP_MS)
    settle(page)
