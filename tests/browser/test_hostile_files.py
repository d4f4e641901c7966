"""Files that are made to do harm, brought by the page's uploader: a sentence, and the way on.

    WORKBENCH_HOSTILE_FILES=FOLDER pytest -s tests/browser/test_hostile_files.py

visits with the files of a folder too, and prints what was said of each.
"""

import os
import re
import time
from collections.abc import Iterable
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import App
from tests.browser.test_journey import button, settle
from tests.helpers import hostile_files
from workbench.ui.text import JOINER

FOLDER = os.environ.get("WORKBENCH_HOSTILE_FILES", "")
MOST_GROWN_MB = 300
MOST_S = 10 if FOLDER else 60
"""What a file takes at most: by itself, and beside a training on a slow machine. One that hangs takes more."""
_TRACE = re.compile(r"Traceback|File \"|Error\b|our mistake|0x[0-9a-f]{4}")


def web_process(app: App) -> psutil.Process:
    """The process that serves the pages."""
    for process in psutil.process_iter():
        try:
            ours = process.environ().get("WORKBENCH_HOME") == str(app.home)
            if ours and "streamlit" in process.cmdline():
                return process
        except psutil.Error:
            continue
    raise AssertionError("the web process is gone")


def peak_mb(process: psutil.Process) -> float:
    """The most memory that it ever took."""
    status = Path(f"/proc/{process.pid}/status")
    if not status.is_file():  # no Linux
        return float(process.memory_info().rss / 1e6)
    found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text())
    assert found
    return int(found[1]) / 1000


def new_project(page: Page, app: App) -> None:
    page.goto(app.address)
    button(page, "Start your own")
    page.get_by_label("Name", exact=True).fill("Bistro")
    button(page, "Create project")
    page.get_by_role("heading", name="Is your data ready?").wait_for()
    settle(page)


def said(page: Page) -> str:
    """What the page says of the file: that it was read, or the sentence in its alert."""
    read = page.get_by_text(re.compile(r"\d+ rows × \d+ columns")).first
    alert = page.get_by_test_id("stAlert").get_by_test_id("stMarkdownContainer").first
    expect(read.or_(alert).first).to_be_visible(timeout=MOST_S * 1000)
    expect(page.get_by_role("button", name="Use another file")).to_be_visible()
    told = (read if read.is_visible() else alert).inner_text()
    assert not _TRACE.search(page.get_by_test_id("stMain").inner_text()), told
    return told.replace(JOINER, "").strip()


def visit_twice(page: Page, path: Path) -> tuple[str, float]:
    """Bring a file, look at it again in a fresh page, and leave it: what was said, and the time."""
    began = time.perf_counter()
    page.locator("input[type=file]").first.set_input_files(path)
    told = said(page)
    took = time.perf_counter() - began
    began = time.perf_counter()
    page.reload()
    assert said(page) == told
    took = max(took, time.perf_counter() - began)
    settle(page)
    button(page, "Use another file")
    page.get_by_test_id("stFileUploader").first.wait_for()
    return told, took


def visits(page: Page, app: App, paths: Iterable[Path]) -> dict[str, str]:
    """Visit with each file, within the limits of time and of the web process's memory."""
    new_project(page, app)
    web = web_process(app)
    before = peak_mb(web)
    sentences = {}
    for path in paths:
        begun = peak_mb(web)
        sentences[path.name], took = visit_twice(page, path)
        grown = peak_mb(web) - begun
        print(f"{path.name} | {sentences[path.name]} | {took:.1f} s | {grown:+.0f} MB")
        assert took < MOST_S, path.name
        assert web.is_running(), path.name
        assert peak_mb(web) - before < MOST_GROWN_MB, path.name
    print(f"web process: {before:.0f} MB before, {peak_mb(web):.0f} MB at most")
    return sentences


def test_hostile_files_cost_a_sentence_and_can_be_left(
    app: App, page: Page, tmp_path: Path
) -> None:
    told = visits(page, app, hostile_files.write_all(tmp_path))
    for hostile in hostile_files.FILES:
        sentence = told[hostile.name]
        assert hostile.words in sentence, (hostile.name, sentence)
        assert hostile.words or re.search(r"\d+ rows ×", sentence), (hostile.name, sentence)
        assert not hostile.words or sentence.endswith("."), sentence
    page.reload()
    page.get_by_test_id("stFileUploader").first.wait_for()
    settle(page)
    expect(page.get_by_test_id("stAlert")).to_have_count(0)


@pytest.mark.skipif(not FOLDER, reason="set WORKBENCH_HOSTILE_FILES to a folder of such files")
def test_the_files_of_a_folder_cost_a_sentence_too(app: App, page: Page) -> None:
    paths = sorted(path for path in Path(FOLDER).iterdir() if path.is_file())
    assert paths
    assert all(visits(page, app, paths).values())
