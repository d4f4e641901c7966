"""The app as a user starts it, and a real browser that visits it."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from workbench.core.hosts import LOOPBACK

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
RESULTS = ROOT / "test-results"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP *.example 127.0.0.1",  # names of strangers, and of proxies
]

MOST_S = 1800
"""Of one journey: with a real training, beside another journey, on two slow cores."""

expect.set_options(timeout=30_000)  # two journeys run at once, and one of them may be training


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without a browser these tests are skipped, and say so."""
    for item in items:
        item.add_marker(pytest.mark.browser)
        if not any(item.iter_markers("timeout")):
            item.add_marker(pytest.mark.timeout(MOST_S))
        if CHROMIUM is None:
            item.add_marker(pytest.mark.skip(reason="no chromium found: install it to run these"))


@dataclass(frozen=True)
class App:
    """A running web app with a home of its own."""

    address: str
    home: Path


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """`make run`'s second half on a fresh home; web process and worker end with the test."""
    home = tmp_path / "home"
    web = subprocess.Popen(
        [sys.executable, "scripts/run.py"],
        cwd=ROOT,
        env={**os.environ, "WORKBENCH_HOME": str(home)},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        yield App(_address(web), home)
    finally:
        for process in _processes_of(home):
            process.kill()
        os.killpg(web.pid, signal.SIGKILL)
        web.communicate()


def _address(web: subprocess.Popen[str]) -> str:
    for line in web.stdout or ():
        if found := re.search(r"http://localhost:\d+", line):
            return found[0]
    raise AssertionError("the app ended before it printed its address")


def _processes_of(home: Path) -> list[psutil.Process]:
    """Worker, trainers and servers of this home: they outlive the web process."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("WORKBENCH_HOME") == str(home):
                found.append(process)
        except psutil.Error:
            continue
    return found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, without a window."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A fresh tab, 1440 pixels wide; what it shows at the end is kept as a picture.

    Whatever the journey, nothing may be asked elsewhere, nor be what the pages' policy forbids.
    """
    context = browser.new_context(viewport={"width": 1440, "height": 1000})
    context.set_default_timeout(60_000)
    breaches: list[str] = []
    context.on("console", lambda said: breaches.extend(_breach(said.text)))
    context.on("request", lambda asked: breaches.extend(_elsewhere(asked.url)))
    opened = context.new_page()
    yield opened
    RESULTS.mkdir(exist_ok=True)
    opened.screenshot(path=RESULTS / f"last-{request.node.name}.png", full_page=True)
    context.close()
    assert not breaches, "\n".join(breaches)


def _breach(said: str) -> list[str]:
    return [said[:500]] if "Policy" in said else []


def _elsewhere(url: str) -> list[str]:
    address = urlsplit(url)
    own = address.scheme in ("data", "blob", "about") or address.hostname in LOOPBACK
    return [] if own else [f"asked {url[:200]}"]
