"""Files that only the user can explain: the question, its answer, and what the model sees then."""

import json
import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import App
from tests.browser.test_journey import button, photograph, settle

SETS = [["late"], ["price"], ["late", "price"]] * 10
SEVERAL = [{"text": f"Ferry {n} was an hour late.", "topics": each} for n, each in enumerate(SETS)]
UNKNOWN = [
    {"doc": {"body": f"The log of day {n}: all is well, and the sea is calm.", "page": n % 3 + 1},
     "marks": [{"at": [4, 7], "is": "THING"}]}
    for n in range(20)
]  # fmt: skip


def _bring(page: Page, folder: Path, name: str, rows: list[dict[str, Any]]) -> None:
    path = folder / name
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    page.locator("input[type=file]").first.set_input_files(path)
    page.get_by_text("Nothing is made of the file until you choose").wait_for()
    settle(page)


def _choose(page: Page, title: str) -> None:
    page.get_by_text(title, exact=True).click()
    page.get_by_text("As the model sees it").wait_for()
    settle(page)


def test_what_cannot_be_told_is_asked(
    app: App, page: Page, browser: Browser, tmp_path: Path
) -> None:
    """Several categories: asked, answered, kept over a refresh, saved. An unknown shape: asked."""
    page.goto(app.address)
    button(page, "Start your own")
    page.get_by_label("Name", exact=True).fill("Ferry")
    button(page, "Create project")
    page.get_by_role("heading", name="Is your data ready?").wait_for()

    _bring(page, tmp_path, "ferry.jsonl", SEVERAL)
    expect(page.get_by_text("10 of 30 rows have several categories in")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("Save as"))).to_have_count(0)
    photograph(page, browser, "asking")
    _choose(page, "Only rows with exactly one category")
    photograph(page, browser, "asked")
    page.reload()
    page.get_by_text("As the model sees it").wait_for()
    settle(page)
    expect(page.get_by_text("20 rows × 2 columns")).to_be_visible()
    page.get_by_role("tab", name="As the model sees it").click()
    settle(page)
    photograph(page, browser, "asked-preview")
    button(page, "Save as version 1")
    page.get_by_text(re.compile("Your data is ready: 20 examples")).wait_for()

    button(page, "Start another dataset")
    page.get_by_text("What belongs here").wait_for()
    _bring(page, tmp_path, "log.jsonl", UNKNOWN)
    photograph(page, browser, "asking-unknown")
    _choose(page, "'body' of it is the text")
    expect(page.get_by_text("Learn our language")).to_be_visible()
    photograph(page, browser, "asked-unknown")
