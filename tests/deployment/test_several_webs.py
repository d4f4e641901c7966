"""Two web processes behind one name: whichever gets a request answers it, whichever ends is replaced."""

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from scripts.deployment.up import WEBS, Deployment
from scripts.deployment.visitor import Visitor
from storage import files
from storage.database import Store
from tests.deployment.conftest import BASE_PATH
from workbench.data.files import downloads, uploads
from workbench.projects import projects

TABLE = "text,category\n" + "".join(
    f"{text} {number},{label}\n"
    for number in range(30)
    for text, label in (("Where is my parcel", "Delivery"), ("I want my money back", "Refund"))
)

SAVES = "Save as version 1"


@pytest.fixture
def webs(deployment: Deployment) -> list[str]:
    """The addresses of both processes, without the proxy."""
    return [f"http://127.0.0.1:{deployment.ports[name]}{BASE_PATH}" for name in WEBS]


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False, timeout=60) as opened:
        yield opened


def test_a_ticket_serves_in_either_process(
    people: Store, webs: list[str], client: httpx.Client, deployed_home: Path
) -> None:
    project_id = projects.create_project(people, "Tickets")
    for number, web in enumerate(webs):
        body = TABLE.encode() + str(number).encode()
        ticket = uploads.open_ticket(people, project_id, "mails.csv", len(body))
        assert client.put(f"{web}/upload/{ticket}", content=body).json() == {"error": ""}
        other = webs[1 - number]
        assert client.put(f"{other}/upload/{ticket}", content=body).status_code == 403
        upload = uploads.look(people, uploads.id_of(ticket))
        assert upload
        assert files.object_path(upload.source.digest).read_bytes() == body

    file = deployed_home / "backups" / "all.zip"
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(b"PK")
    ticket = downloads.ticket_for(people, file)
    assert [client.get(f"{web}/download/{ticket}").content for web in webs] == [b"PK", b"PK"]


def test_a_field_of_one_process_is_filled_by_the_other(
    webs: list[str], client: httpx.Client, deployed_home: Path
) -> None:
    with Visitor(webs[0]) as tab:
        tab.visit("")
        address = tab.upload_address("mails.csv").removeprefix(BASE_PATH)
    client.get(f"{webs[1]}/_stcore/health")
    token = client.cookies.get("_streamlit_xsrf") or ""
    sent = {"file": ("mails.csv", TABLE.encode(), "text/csv")}
    answer = client.put(f"{webs[1]}{address}", files=sent, headers={"X-Xsrftoken": token})
    assert answer.status_code == 204, answer.text
    head, _, content = (
        (deployed_home / "shared" / "brought" / address.split("/")[-1])
        .read_bytes()
        .partition(b"\n")
    )
    assert (json.loads(head)["name"], content) == ("mails.csv", TABLE.encode())


def test_everything_lies_under_the_base_path(
    deployment: Deployment, webs: list[str], client: httpx.Client
) -> None:
    index = client.get(f"{deployment.address}/").text
    script = index.partition('src="./')[2].partition('"')[0]
    for web in webs:
        assert client.get(f"{web}/{script}").status_code == 200
        assert client.get(f"{web.removesuffix(BASE_PATH)}/health/ready").status_code == 404
    judged = client.get(f"{deployment.address}/judge/nonsense")
    assert judged.status_code in (400, 410)
    assert "Which answer is better?" in judged.text


def test_who_watches_asks_on_the_machine_and_nobody_through_the_proxy(
    deployment: Deployment, webs: list[str], client: httpx.Client
) -> None:
    for path in ("/health", "/health/ready", "/health/live", "/metrics", "/_stcore/metrics"):
        assert client.get(f"{deployment.address}{path}").status_code == 404, path
    assert client.get(f"{webs[0]}/health").json()["worker"] == "ok"
    stranger = {"X-Forwarded-For": "192.0.2.7"}
    assert client.get(f"{webs[0]}/metrics", headers=stranger).status_code == 404
    known = stranger | {"Authorization": f"Bearer {deployment.token}"}
    assert "slm_web_requests_total" in client.get(f"{webs[0]}/metrics", headers=known).text
    worker = client.get(f"http://127.0.0.1:{deployment.ports['worker']}/metrics").text
    assert "slm_worker_silence_seconds" in worker


def test_a_pages_trouble_stands_in_the_log_under_the_proxys_id(
    deployment: Deployment, webs: list[str]
) -> None:
    with Visitor(webs[0], {"X-Request-ID": "trace-4711"}) as tab:
        run = tab.visit("data", "project=999999")
    assert run.errors
    lines = [json.loads(line) for line in deployment.log(WEBS[0]).splitlines() if line[0:1] == "{"]
    (found,) = [line for line in lines if line.get("request_id") == "trace-4711"]
    assert found["message"] == run.errors[0]
    assert (found["process"], found["level"]) == ("web", "warning")


def test_a_page_goes_on_where_its_process_ends(
    deployment: Deployment, people: Store, page: Page, tmp_path: Path
) -> None:
    project_id = projects.create_project(people, "Goes on")
    file = tmp_path / "mails.csv"
    file.write_text(TABLE)
    page.goto(f"{deployment.address}/data?project={project_id}")
    page.locator("input[type=file]").first.set_input_files(file)
    expect(page.get_by_text("mails.csv").first).to_be_visible(timeout=60_000)
    expect(page.get_by_text(SAVES).first).to_be_visible(timeout=60_000)

    for name in WEBS:  # whichever of them has the page's WebSocket
        deployment.stop(name, kill=True)
        page.wait_for_timeout(1500)
        expect(page.get_by_text("mails.csv").first).to_be_visible(timeout=60_000)
        deployment.start(name)
        deployment.wait(name)

    connected = '[data-testid="stApp"][data-test-connection-state="CONNECTED"]'
    expect(page.locator(connected)).to_be_visible(timeout=60_000)
    page.get_by_role("link", name=re.compile("^Model ")).first.click()
    expect(page).to_have_url(
        re.compile(f"{BASE_PATH}/model[?]project={project_id}"), timeout=60_000
    )
    page.goto(f"{deployment.address}/data?project={project_id}")
    expect(page.get_by_text("mails.csv").first).to_be_visible(timeout=60_000)
    expect(page.get_by_text(SAVES).first).to_be_visible(timeout=60_000)
    assert urls_stay(page, deployment.address)


def urls_stay(page: Page, address: str) -> bool:
    """Whether every link to a page of the app leads to where the app lies."""
    links = page.eval_on_selector_all("a[href]", "all => all.map((one) => one.href)")
    own = [link for link in links if link.startswith(address.removesuffix(BASE_PATH))]
    assert len(own) > 5
    return all(link.startswith(address) for link in own)


def test_pages_are_shown_while_one_process_starts_anew(deployment: Deployment) -> None:
    took = deployment.stop(WEBS[0])
    began = time.monotonic()
    with httpx.Client(trust_env=False, timeout=30) as client:
        deployment.start(WEBS[0])
        found = [client.get(f"{deployment.address}/").status_code for _ in range(20)]
    deployment.wait(WEBS[0])
    print(
        f"a web process ends in {took:.1f} s; another is well after {time.monotonic() - began:.1f} s"
    )
    assert set(found) == {200}
    assert took < 20
