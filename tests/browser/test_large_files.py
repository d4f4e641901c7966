"""The box for large files, in a real browser."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from tests.browser.conftest import App
from tests.browser.test_journey import button, settle

ROW = "Where is my parcel? It was due on Monday.,{}\n"
SLOW = {"offline": False, "latency": 5, "downloadThroughput": -1, "uploadThroughput": 3_000_000}


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A table of 9 MB: what is large is up to the user, who opens the box."""
    path = tmp_path / "mails of last year.csv"
    kinds = ("Delivery", "Refund", "Damaged")
    path.write_text(
        "text,category\n" + "".join(f"{i} {ROW.format(kinds[i % 3])}" for i in range(150_000))
    )
    return path


def open_box(page: Page, app: App) -> None:
    """A new project, and in it the panel for large files."""
    page.goto(app.address)
    button(page, "Start your own")
    page.get_by_label("Name", exact=True).fill("Large files")
    button(page, "Create project")
    page.get_by_role("heading", name="Is your data ready?").wait_for()
    page.get_by_text("The file is larger than").click()
    page.get_by_role("button", name="Choose a large file").wait_for()


def choose(page: Page, path: Path) -> None:
    """Pick a file by the box's own button."""
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name=re.compile("Choose (a large file|it again)")).click()
    chooser.value.set_files(path)


def look_at_models_and_back(page: Page) -> None:
    """Away from the Data page while a file is on its way, and back to it."""
    page.get_by_role("link", name=re.compile("Model")).first.click()
    page.get_by_role("heading", name="Which model fits?").wait_for()
    page.mouse.move(900, 700)  # away from the link, whose hint covers its neighbour
    page.get_by_role("link", name=re.compile("Data")).first.click()


def slow_down(page: Page) -> None:
    """A connection on which an upload can be watched."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", SLOW)


def test_a_large_file_goes_on_while_other_steps_are_looked_at(
    app: App, page: Page, table: Path
) -> None:
    """Upload → Model page → back → arrived, without a second upload."""
    open_box(page, app)
    slow_down(page)
    sent: list[str] = []
    page.on(
        "request", lambda request: sent.append(request.url) if request.method == "PUT" else None
    )
    choose(page, table)
    page.get_by_text(re.compile(r"of \d+ MB")).wait_for()

    look_at_models_and_back(page)
    page.get_by_text("As the model sees it").wait_for()

    expect(page.get_by_text("of 150,000 rows")).to_be_visible()
    assert len([url for url in sent if "/upload/" in url and "_stcore" not in url]) == 1
    settle(page)


@pytest.mark.parametrize("word", ["chosen", "ended"])
def test_what_the_box_says_is_said_again_when_it_was_lost(
    app: App, page: Page, table: Path, word: str
) -> None:
    """A view that is interrupted hears nothing of it; the upload begins and arrives all the same."""
    lost: list[bytes] = []

    def relay(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()

        def pass_on(message: str | bytes) -> None:
            if not lost and isinstance(message, bytes) and f'"{word}"'.encode() in message:
                lost.append(message)
            else:
                server.send(message)

        socket.on_message(pass_on)

    page.route_web_socket(re.compile("_stcore/stream"), relay)
    open_box(page, app)
    choose(page, table)
    if word == "chosen":  # the other is waited for on the page, as most would
        look_at_models_and_back(page)

    page.get_by_text("As the model sees it").wait_for()
    assert lost


def test_an_upload_can_be_cancelled_refused_and_tried_again(
    app: App, page: Page, table: Path
) -> None:
    """Cancel → nothing is kept; a refusal is said in the box; the next try arrives."""
    open_box(page, app)
    slow_down(page)
    choose(page, table)
    bar = page.get_by_role("progressbar", name="Upload")
    expect(bar).to_have_attribute("aria-valuenow", re.compile("[1-9]"))
    page.get_by_role("button", name="Cancel").click()
    page.get_by_role("button", name="Choose a large file").wait_for()

    page.route("**/upload/*", lambda route: route.fulfill(status=507, json={"error": "No room."}))
    choose(page, table)
    expect(page.get_by_role("alert").filter(has_text="No room.")).to_be_visible()
    page.unroute("**/upload/*")
    choose(page, table)
    page.get_by_text("As the model sees it").wait_for()

    objects = [path for path in (app.home / "objects").rglob("*") if path.is_file()]
    assert [path.stat().st_size for path in objects] == [table.stat().st_size]
