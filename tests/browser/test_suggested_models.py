"""Suggested models in a real browser: what suits German texts, the list, its details, no network."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import RESULTS, ROOT, App
from tests.browser.test_journey import button, photograph, settle

WIDER = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.fixture(autouse=True)
def _offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever this runs, nothing is downloaded."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")


def _german_project(app: App, folder: Path) -> None:
    """Project 1 of the app's home, with German texts to sort."""
    rows = (
        f"Meine Bestellung {n} ist noch nicht angekommen und ich warte seit Tagen;{topic}"
        for n in range(60)
        for topic in (("Lieferung", "Rechnung")[n % 2],)
    )
    path = folder / "mails.csv"
    path.write_text("\n".join(["text;thema", *rows]), "utf-8")
    command = ["-m", "workbench", "import", str(path), "--project", "Mails"]
    mapped = ["--task", "classification", "--map", "text=text", "--map", "label=thema"]
    subprocess.run(
        [sys.executable, *command, *mapped],
        cwd=ROOT, env={**os.environ, "WORKBENCH_HOME": str(app.home)}, check=True,
    )  # fmt: skip


def _photograph_whole(page: Page, browser: Browser) -> None:
    """The page down to its end, wide and narrow, light and dark; never wider than the window."""
    for width, height in ((1440, 2900), (390, 4600)):
        for scheme in ("light", "dark"):
            context = browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme="dark" if scheme == "dark" else "light",
            )
            view = context.new_page()
            view.goto(page.url)
            settle(view)
            expect(view.get_by_role("button", name="Show 8 more")).to_be_visible()
            view.screenshot(path=RESULTS / f"model-suggested-{width}-{scheme}.png")
            assert not view.evaluate(WIDER), f"the page is wider than {width} px"
            context.close()


def test_a_model_for_german_texts_is_found_and_looked_at(
    app: App, page: Page, browser: Browser, tmp_path: Path
) -> None:
    _german_project(app, tmp_path)
    page.goto(f"{app.address}/model?project=1")
    page.get_by_role("heading", name="Which model fits?").wait_for()
    settle(page)
    expect(page.get_by_text("Recommended to download")).to_be_visible()
    expect(page.get_by_text("Your texts are German: it was made for German and 92")).to_be_visible()
    photograph(page, browser, "model-german")
    _photograph_whole(page, browser)

    page.get_by_label("Search these models").fill("mdeberta")
    page.get_by_label("Search these models").press("Enter")
    settle(page)
    expect(page.get_by_text("1 model of ")).to_be_visible()
    button(page, "mdeberta-v3-base")
    details = page.get_by_role("dialog")
    expect(details.get_by_text("102 languages")).to_be_visible()
    details.get_by_text("Where this was looked up").click()
    expect(details.get_by_text("microsoft/DeBERTa/blob").first).to_be_visible()
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 1000})
        expect(details).to_be_in_viewport()
        page.screenshot(path=RESULTS / f"model-details-{width}.png")
        assert not page.evaluate(WIDER), f"the page is wider than {width} px"

    page.set_viewport_size({"width": 1440, "height": 1000})
    details.get_by_role("button", name="Add (download").click()
    expect(details.get_by_text("cannot be looked up")).to_be_visible()
    page.keyboard.press("Escape")
    expect(details).to_have_count(0)
    expect(page.get_by_role("button", name="Choose this model").first).to_be_visible()
