"""What strangers' pages get in a real browser (nothing), and what the app's own pages need."""

import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import App
from tests.browser.test_journey import button, settle
from workbench.ui import frame

TRIES = """async ([app, script]) => {
  const fetched = (path, options) => fetch(app + path, options).then(
    (answer) => answer.text(), () => "refused");
  const loaded = (name, path) => new Promise((done) => {
    const element = document.createElement(name);
    element.onload = () => done("loaded");
    element.onerror = () => done("refused");
    element.src = app + path;
    document.body.append(element);
  });
  const opened = () => new Promise((done) => {
    const socket = new WebSocket(`${app.replace("http", "ws")}/_stcore/stream`, ["streamlit"]);
    socket.onopen = () => done("opened");
    socket.onerror = () => done("refused");
  });
  return {
    fetched: await fetched("/_stcore/health"),
    sent: await fetched("/upload/ticket", { method: "PUT", body: "x" }),
    picture: await loaded("img", "/favicon.png"),
    script: await loaded("script", script),
    socket: await opened(),
  };
}"""
"""What a page can try at another site."""


class ForeignSite(BaseHTTPRequestHandler):
    """A web site with one empty page."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>Evil</title><body></body>")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def foreign_site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), ForeignSite)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://evil.example:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def stranger(browser: Browser) -> Iterator[Page]:
    """A tab whose pages may do what they like."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


def test_another_site_reads_and_changes_nothing(
    app: App, stranger: Page, foreign_site: str
) -> None:
    stranger.goto(app.address)  # what the page would load again is in the browser's cache
    stranger.get_by_text("SLM Workbench").first.wait_for()
    script = urlsplit(str(stranger.locator("script[src]").get_attribute("src"))).path
    stranger.goto(foreign_site)

    found = stranger.evaluate(TRIES, [app.address, script.removeprefix(".")])

    assert set(found.values()) == {"refused"}, found


def test_another_site_cannot_show_the_app_in_a_frame(
    app: App, stranger: Page, foreign_site: str
) -> None:
    stranger.goto(foreign_site)
    stranger.set_content(f'<iframe src="{app.address}"></iframe>')
    frame = stranger.frames[1]
    frame.wait_for_load_state()
    expect(frame.locator("#root")).to_have_count(0)
    assert frame.url.startswith("chrome-error:")


def test_a_name_that_leads_here_all_of_a_sudden_reads_one_sentence(
    app: App, stranger: Page
) -> None:
    """DNS rebinding: the browser takes the app for a part of the foreign site."""
    stranger.goto(app.address.replace("localhost", "evil.example"))
    expect(stranger.locator("body")).to_have_text(re.compile("does not answer under this name"))


def test_all_pages_do_with_what_the_policy_allows(app: App, page: Page, tmp_path: Path) -> None:
    """Every page, a chart, a file in and a file out; the fixture says what the browser forbade."""
    page.goto(app.address)
    button(page, "Open the sample project")
    page.get_by_role("heading", name="Is your data ready?").wait_for()
    settle(page)
    for title in frame.PAGES:
        page.goto(f"{app.address}/{title.lower() if title != 'Home' else ''}?project=1")
        settle(page)
    page.goto(f"{app.address}/storage")
    expect(page.locator(".vega-embed :is(canvas, svg)").first).to_be_visible()

    page.goto(f"{app.address}/data?project=1")
    button(page, "Export")
    with page.expect_download() as download:
        page.locator("[class*=st-key-download-]").get_by_role("button").click()
    assert download.value.path().read_text("utf-8-sig").count("\n") > 360

    table = tmp_path / "mails.csv"
    table.write_text("text,category\n" + "Where is it?,Delivery\nMoney back,Refund\n" * 20)
    page.locator("input[type=file]").first.set_input_files(table)
    page.get_by_text("As the model sees it").wait_for()
    settle(page)
