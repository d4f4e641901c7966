"""Two people, two web processes behind a proxy, one PostgreSQL: what one shares, and what one does not."""

import contextlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Browser, Page, expect

from storage.database import Store
from storage.schema import open_store
from tests.browser.conftest import RESULTS, ROOT
from tests.browser.test_journey import settle
from tests.fakes import postgres
from tests.faults import proxy
from tests.faults.conftest import running_web
from tests.faults.proxy import InTurn, Proxy
from tests.helpers.exams import accuracies, add_exam, add_trained, exam_of_categories
from workbench.projects import projects

PASSWORD = "violet anchor tuesday 7"
SLOW = 60_000
"""Milliseconds that a busy machine may need for a page."""
ADA, BOB = "ada@company.example", "bob@company.example"


@dataclass(frozen=True)
class Installation:
    """What the two share."""

    address: str
    store: Store
    database_url: str
    home: Path


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installation]:
    """Two web processes that a proxy asks in turn; its first administrator is Ada."""
    bin = postgres.binaries()
    if bin is None:
        pytest.skip("PostgreSQL is not installed here (Debian: apt-get install postgresql)")
    home = tmp_path / "home"
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(postgres.running(bin))
        server.execute("CREATE DATABASE company TEMPLATE template0")
        monkeypatch.setenv("WORKBENCH_HOME", str(home))
        monkeypatch.setenv("WORKBENCH_DATABASE_URL", server.url("company"))
        monkeypatch.setenv("WORKBENCH_WEB", "several")
        store = open_store()
        stack.callback(store.close)
        command = ["accounts", "add", "--email", ADA, "--name", "Ada", "--administrator"]
        subprocess.run(
            [sys.executable, "-m", "workbench", *command, "--password-stdin"],
            cwd=ROOT, env=os.environ, input=f"{PASSWORD}\n", text=True, check=True,
        )  # fmt: skip
        webs = [stack.enter_context(running_web(home)) for _ in range(2)]
        turns = InTurn(*(Proxy(web.port) for web in webs))
        port = stack.enter_context(proxy.running(turns))
        yield Installation(f"http://127.0.0.1:{port}", store, server.url("company"), home)


@pytest.fixture
def other(browser: Browser) -> Iterator[Page]:
    """The other person's browser."""
    context = browser.new_context(viewport={"width": 1440, "height": 1000})
    context.set_default_timeout(60_000)
    yield context.new_page()
    context.close()


def sign_in(page: Page, email: str) -> None:
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    settle(page)


def make_project(page: Page, name: str) -> None:
    page.get_by_role("button", name=re.compile("New project|Start your own")).click()
    page.get_by_role("textbox", name="Name", exact=True).fill(name)
    page.get_by_role("button", name="Create project").click()
    page.get_by_role("heading", name=re.compile("data")).first.wait_for()
    settle(page)


def invite(page: Page, email: str, role: str) -> str:
    """The link that a member-to-be is sent."""
    page.get_by_label("E-mail address").fill(email)
    page.get_by_role("combobox", name="Role", exact=True).click()
    page.get_by_role("option", name=role).click()
    page.get_by_role("button", name="Invite").click()
    link = page.get_by_test_id("stCode").inner_text().strip()
    assert "/account/invitation?invitation=" in link
    return link


def take_up(page: Page, link: str) -> None:
    page.goto(link)
    page.get_by_label("Your name").fill("Bob Baker")
    for label in ("Password", "The same password again"):
        page.get_by_label(label, exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Make the account").click()
    settle(page)


def check_log(page: Page, installation: Installation) -> None:
    page.goto(f"{installation.address}/audit")
    settle(page)
    page.get_by_role("button", name="Check every line").click()


def add_version(installation: Installation, project_id: int, folder: Path) -> int:
    """A trained model with its exam, as a worker would have left it."""
    folder.mkdir()
    trained = add_trained(installation.store, folder, project_id=project_id, name="Good")
    table = exam_of_categories(95, 40, 50)
    add_exam(installation.store, trained.run_id, table, accuracies(table))
    return trained.run_id


def test_two_people_share_one_project_and_not_the_other(
    installation: Installation, page: Page, other: Page, tmp_path: Path
) -> None:
    page.goto(f"{installation.address}/queue")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible(timeout=SLOW)
    sign_in(page, ADA)
    assert page.url == f"{installation.address}/queue"

    page.goto(installation.address)
    settle(page)
    make_project(page, "Secret plans")
    page.goto(installation.address)
    settle(page)
    make_project(page, "Customer mails")
    ids = {name: number for number, name in projects.project_names(installation.store).items()}
    shared, secret = ids["Customer mails"], ids["Secret plans"]
    run_id = add_version(installation, shared, tmp_path / "run")

    page.goto(f"{installation.address}/members?project={shared}")
    settle(page)
    link = invite(page, BOB, "Reviewer")
    take_up(other, link)
    expect(other.get_by_text("Customer mails").first).to_be_visible(timeout=SLOW)
    expect(other.get_by_text("Secret plans")).to_have_count(0, timeout=SLOW)
    other.goto(f"{installation.address}/data?project={secret}")
    expect(other.get_by_text("This project cannot be opened")).to_be_visible(timeout=SLOW)
    expect(other.get_by_text("Secret plans")).to_have_count(0, timeout=SLOW)

    other.goto(f"{installation.address}/evaluate?project={shared}&run={run_id}")
    settle(other)
    other.get_by_role("button", name="Make 'Good' live").click()
    dialog = other.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Your name").fill("Bob Baker")
    dialog.get_by_role("button", name="Make it live").click()
    expect(other.get_by_text("Good is live since")).to_be_visible(timeout=SLOW)
    other.goto(f"{installation.address}/people")
    expect(other.get_by_text("Only an administrator may do this")).to_be_visible(timeout=SLOW)

    check_log(page, installation)
    expect(page.get_by_test_id("stAlertContentSuccess")).to_be_visible(timeout=SLOW)
    expect(page.get_by_test_id("stAlertContentError")).to_have_count(0, timeout=SLOW)
    page.screenshot(path=RESULTS / "two-people-log.png", full_page=True)
    with psycopg.connect(installation.database_url) as connection:
        # As whoever owns the database can, whatever the triggers say.
        connection.execute("ALTER TABLE audit DISABLE TRIGGER ALL")
        changed = connection.execute(
            "UPDATE audit SET person = 'Ada' WHERE person = 'Bob Baker' "
            "AND action = 'evaluation.release.releases.make_live' RETURNING number"
        ).fetchall()
    assert len(changed) == 1
    check_log(page, installation)
    found = page.get_by_test_id("stAlertContentError")
    expect(found).to_contain_text(re.compile(rf"\b{changed[0][0]}\b"), timeout=SLOW)

    page.goto(f"{installation.address}/members?project={shared}")
    settle(page)
    page.get_by_role("button", name="Remove").last.click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(page.get_by_text(BOB)).to_have_count(0, timeout=SLOW)
    other.goto(f"{installation.address}/evaluate?project={shared}&run={run_id}")
    expect(other.get_by_text("This project cannot be opened")).to_be_visible(timeout=SLOW)
