"""A model of a hub on this machine: searched, accepted, downloaded with a rest, chosen and trained."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import RESULTS, App
from tests.browser.test_journey import button, photograph, settle, train_two_steps
from tests.fakes.hub import FakeHub, Trouble, serving
from tests.helpers.writers import make_writer

NAME = "harbour/small-writer"
TOKEN = "hf_that_may_read_1234"
SLOW_MS = 180_000


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    """It holds a real, tiny model that asks who takes it, and one that cannot be trained here."""
    folder = make_writer(tmp_path / "writer")
    for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HF_HUB_OFFLINE"):
        monkeypatch.delenv(name, raising=False)
    with serving() as hub:
        hub.models[NAME] = {path.name: path.read_bytes() for path in folder.iterdir()}
        config = json.loads(hub.models[NAME]["config.json"])
        hub.about[NAME] = {
            "config": config, "downloads": 12_345, "tags": ["transformers", "safetensors"],
        }  # fmt: skip
        hub.cards[NAME] = {"license": "apache-2.0"}
        hub.models["harbour/small-ears"] = {}
        hub.about["harbour/small-ears"] = {"config": {"model_type": "clap"}, "downloads": 99}
        hub.gated.add(NAME)
        hub.tokens[TOKEN] = "ann"
        monkeypatch.setenv("HF_ENDPOINT", hub.address)
        monkeypatch.setenv("HF_TOKEN_PATH", str(tmp_path / "none"))
        yield hub


@pytest.fixture
def app(hub: FakeHub, app: App) -> App:
    """The app, which knows this hub alone."""
    return app


@pytest.mark.release
def test_a_model_is_found_downloaded_with_a_rest_and_trained(
    hub: FakeHub, app: App, page: Page, browser: Browser
) -> None:
    page.set_viewport_size({"width": 1440, "height": 1900})  # so that pictures show all of the page
    page.goto(app.address)
    button(page, "Open the sample project")
    page.get_by_role("heading", name="Is your data ready?").wait_for()
    page.get_by_role("link", name=re.compile("Model")).first.click()
    page.get_by_role("heading", name="Which model fits?").wait_for()
    settle(page)

    page.get_by_text("Add another model").click()
    page.get_by_role("textbox", name="Search the Hugging Face hub").fill("small")
    page.get_by_role("button", name="Search", exact=False).last.click()
    page.get_by_text("Cannot be trained here").first.wait_for()
    expect(page.get_by_text("12,345 downloads")).to_be_visible()
    picture(page, "hub-1-search")

    button(page, "Look at it")
    page.get_by_text("is given out only to who has accepted").wait_for()
    picture(page, "hub-2-gated")
    page.get_by_role("textbox", name="Access token").fill(TOKEN)
    button(page, "Keep this token")
    page.get_by_text("free on the disk").wait_for()
    picture(page, "hub-3-licence")

    weights = hub.models[NAME]["model.safetensors"]
    hub.troubles.append(Trouble("model.safetensors", after=len(weights) // 2, hangs=True))
    page.get_by_text("I accept the licence").click()
    page.get_by_role("button", name=re.compile(r"^Download|download Download")).click()
    page.get_by_text(re.compile(r"Downloading: \d+ kB of")).wait_for(timeout=SLOW_MS)
    settle(page)
    picture(page, "hub-4-downloading")
    button(page, "Pause")
    page.get_by_text("Paused. Downloading").wait_for(timeout=SLOW_MS)
    picture(page, "hub-5-paused")
    hub.gate.set()
    button(page, "Go on")
    chosen = page.locator("[class*=st-key-choose-]").last
    expect(page.get_by_role("button", name="Cancel the download")).to_have_count(0, timeout=SLOW_MS)
    assert hub.given["model.safetensors"] == len(weights), "no byte twice"
    settle(page)
    photograph(page, browser, "hub-6-here")

    chosen.get_by_role("button").click()
    train_two_steps(page)
    picture(page, "hub-7-trained")
    told = b"".join(p.read_bytes() for p in app.home.rglob("*") if p.is_file())
    assert TOKEN.encode() not in told


def test_a_version_is_pushed_once_it_was_said_what_leaves(
    hub: FakeHub, app: App, page: Page
) -> None:
    page.set_viewport_size({"width": 1440, "height": 1900})
    page.goto(app.address)
    button(page, "Open the sample project")
    page.get_by_role("heading", name="Is your data ready?").wait_for()
    settle(page)
    page.get_by_role("button", name="Export").first.click()
    page.get_by_text("Push to the Hugging Face hub").click()
    page.get_by_role("textbox", name="Access token").fill(TOKEN)
    button(page, "Keep this token")
    page.get_by_role("textbox", name="Data set on the hub").fill("ann/letters")
    settle(page)
    picture(page, "push-1-where")
    button(page, "See what would be sent")
    page.get_by_text("Nothing else leaves this computer").wait_for()
    picture(page, "push-2-what")
    assert "ann/letters" not in hub.files
    button(page, "Push to 127.0.0.1")
    page.get_by_text("It is on the hub").wait_for(timeout=SLOW_MS)
    picture(page, "push-3-there")
    assert "data/train-00000-of-00001.parquet" in hub.files["ann/letters"]
    assert "ann/letters" in hub.pushes.private

    page.goto(f"{app.address}/settings")
    page.get_by_text("ends in 1234").wait_for()
    settle(page)
    picture(page, "push-4-settings")


def picture(page: Page, name: str) -> None:
    """Keep what the user sees at this moment."""
    RESULTS.mkdir(exist_ok=True)
    page.screenshot(path=RESULTS / f"{name}.png", full_page=True)
