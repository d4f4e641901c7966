"""What a new user does, in a real browser, with the real model and the real worker."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import RESULTS, App

BANKING77 = Path(__file__).resolve().parents[3] / "shared" / "data" / "banking77"
TRAINING_MS = 20 * 60_000
"""A busy machine without products in 16 bits may need this long; a quiet one with them ends within two
minutes."""


def photograph(page: Page, browser: Browser, name: str, *, live: bool = False) -> None:
    """Keep what a user sees: the tab as it is.

    With WORKBENCH_PHOTOGRAPHS (`make journeys`) it is opened anew, wide and narrow, light and dark:
    pictures for people to look at, of which each takes four more loads of the page. A `live` page is taken as it
    moves.
    """
    RESULTS.mkdir(exist_ok=True)
    if not os.environ.get("WORKBENCH_PHOTOGRAPHS"):
        page.screenshot(path=RESULTS / f"{name}.png", full_page=True)
        return
    for width in (1440, 390):
        for scheme in ("light", "dark"):
            context = browser.new_context(
                viewport={"width": width, "height": 1000},
                color_scheme="dark" if scheme == "dark" else "light",
            )
            view = context.new_page()
            view.goto(page.url)
            settle(view, live=live)
            view.screenshot(path=RESULTS / f"{name}-{width}-{scheme}.png", full_page=True)
            context.close()


def settle(page: Page, *, live: bool = False) -> None:
    """Wait until the page is drawn whole and, unless it is live, the server has nothing more to say."""
    page.locator("h1").wait_for()
    page.locator("[data-test-script-state=notRunning]").wait_for(timeout=60_000)
    if not live:
        expect(page.get_by_test_id("stStatusWidget")).to_have_count(0, timeout=60_000)
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0, timeout=60_000)


def button(page: Page, name: str) -> None:
    """Press the one button with this name."""
    page.get_by_role("button", name=name, exact=False).first.click()


@pytest.mark.skipif(not BANKING77.is_dir(), reason=f"the BANKING77 files are not in {BANKING77}")
@pytest.mark.release
def test_a_new_user_teaches_bank_questions(app: App, page: Page, browser: Browser) -> None:
    """New project → upload → map → MiniLM → train → refresh → exam → playground."""
    page.goto(app.address)
    button(page, "Start your own")
    page.get_by_label("Name", exact=True).fill("Bank questions")
    button(page, "Create project")

    page.get_by_role("heading", name="Is your data ready?").wait_for()
    page.locator("input[type=file]").first.set_input_files(BANKING77 / "train.csv")
    page.get_by_text("As the model sees it").wait_for()
    expect(page.get_by_text("Sort into categories").first).to_be_visible()
    button(page, "Save as version 1")
    page.get_by_text("Your data is ready: 10,003 examples").wait_for()
    photograph(page, browser, "data")

    button(page, "Next: choose a model")
    page.get_by_role("heading", name="Which model fits?").wait_for()
    photograph(page, browser, "model")
    button(page, "Choose this model")
    button(page, "Go on to Train")
    page.get_by_role("heading", name="Ready to train?").wait_for()
    button(page, "Choose Quick look")
    expect(page.get_by_role("button", name="Choose Quick look")).to_have_count(0)
    photograph(page, browser, "train")
    button(page, "Start training")
    page.get_by_role("heading", name="How is it learning?").wait_for()

    page.get_by_text(re.compile(r"[Ss]tep \d+ of \d+")).wait_for(timeout=TRAINING_MS)
    photograph(page, browser, "learning", live=True)
    page.reload()
    page.get_by_role("heading", name="How is it learning?").wait_for()
    page.get_by_text(re.compile(r"[Ss]tep \d+ of \d+")).wait_for()

    page.get_by_role("heading", name="How did the training go?").wait_for(timeout=TRAINING_MS)
    photograph(page, browser, "trained")
    button(page, "See how good it is")
    page.get_by_role("heading", name="How good is it?").wait_for()
    verdict = page.get_by_text(re.compile(r"exam questions the trained model gets")).first
    verdict.wait_for()
    found = re.search(r"gets ([\d.]+)\s%", verdict.inner_text())
    assert found, verdict.inner_text()
    assert float(found[1]) > 90, "a model that learned gets more than nine in ten right"
    settle(page)
    photograph(page, browser, "evaluate")

    button(page, "Try it in the playground")
    page.get_by_label("Text to sort").wait_for(timeout=120_000)
    page.get_by_label("Text to sort").fill("I lost my card on the train, what now?")
    button(page, "Sort it")
    page.get_by_text("lost_or_stolen_card").first.wait_for(timeout=120_000)
    photograph(page, browser, "use")


def test_replies_are_learned_and_compared(app: App, page: Page, browser: Browser) -> None:
    """Sample project → SmolLM2 in 4 bits, three steps by the expert panel → two answers."""
    page.goto(app.address)
    photograph(page, browser, "welcome")
    button(page, "Open the sample project")
    page.get_by_role("heading", name="Is your data ready?").wait_for()
    page.get_by_role("link", name=re.compile("Model")).first.click()
    page.get_by_role("heading", name="Which model fits?").wait_for()
    settle(page)
    page.locator("[class*=st-key-choose-]").last.get_by_role("button").click()
    train_two_steps(page)
    photograph(page, browser, "replies-trained")

    button(page, "Try it out")
    page.get_by_test_id("stChatInput").locator("textarea").wait_for(timeout=120_000)
    question = page.get_by_test_id("stChatInput").locator("textarea")
    question.fill("Where is my parcel? It should have come on Monday.")
    question.press("Enter")
    answered = page.get_by_text(re.compile(r"^[\d.]+ .*· \d+ tokens"))
    expect(answered).to_have_count(2, timeout=600_000)
    expect(page.get_by_text("Before training")).to_be_visible()
    expect(page.get_by_text("Your model")).to_be_visible()
    photograph(page, browser, "replies-use")
    page.reload()
    expect(answered).to_have_count(2)


def train_two_steps(page: Page) -> None:
    """From a chosen model to the end of a training on the sample's replies."""
    button(page, "Go on to Train")
    page.get_by_role("heading", name="Ready to train?").wait_for()
    settle(page)
    choose(page, "^Data$", "Replies")
    page.get_by_text("Settings for experts").click()
    fill(page, "Stop after this many steps", "2")
    fill(page, "Exam questions to answer in writing", "2")
    fill(page, "Longest answer in the exam (tokens)", "8")
    button(page, "Start training")
    beside = page.get_by_test_id("stSidebar").get_by_role("link", name=re.compile("Train"))
    expect(beside).to_contain_text("running")
    page.get_by_role("heading", name="How did the training go?").wait_for(timeout=TRAINING_MS)


def choose(page: Page, label: str, option: str) -> None:
    """Pick an option of a select box."""
    page.get_by_role("combobox", name=re.compile(label)).click()
    page.get_by_role("option", name=re.compile(option)).first.click()
    settle(page)


def fill(page: Page, label: str, value: str) -> None:
    """Type a number into its box."""
    box = page.get_by_role("spinbutton", name=label, exact=True)
    box.fill(value)
    box.press("Enter")
    settle(page)


def test_the_first_deep_link_of_a_fresh_server_shows_its_page(app: App, page: Page) -> None:
    """No dialog over it, and the frame around it."""
    page.goto(f"{app.address}/settings")
    page.get_by_role("heading", name="What can this machine do?").wait_for()
    settle(page)
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_text("SLM Workbench").first).to_be_visible()
