"""Every route of the real web app, asked by people who do not belong to a project, or may only look.

Routes are found in the app, so a new one is asked here by itself: with each number, ticket and name of
somebody else's project in its path and in its query. In every text of that project stands a mark.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import InvalidStatus

from storage import files
from storage.acting import Acting
from storage.database import Store
from storage.tables import AuditLine, Person
from tests.faults.conftest import Web, running_web
from tests.faults.doors import Door, routes_of_app, stream
from tests.helpers import companies, full_home
from tests.helpers.companies import EDITS_ELSEWHERE, LOOKS, MARK, OWNS, STRANGE, THEIRS
from workbench.data.files import downloads, uploads
from workbench.evaluation.people import blind_tests
from workbench.system.accounts import company, invitations, sign_ins
from workbench.system.accounts.sign_ins import Place
from workbench.ui import frame
from workbench.ui.accounts import cookie

NOBODY, MADE_UP = 0, -1
PATIENCE_S = 120.0
MAY_FAIL = {"/account/company", "/oauth2callback", "/health"}
"""Lead to a provider that does not answer; says that there is no worker."""
NAMES = {OWNS: "Olga", LOOKS: "Vic", STRANGE: "Sam", EDITS_ELSEWHERE: "Edi"}
MAY_WRITE = {"/account/sign-in": {"sign_in_failures", "audit"}}
"""Whoever fails to sign in is written down."""
BY_LOOKING = {"sign_ins"}
"""That somebody was there."""
BY_A_PAGE = BY_LOOKING | {"drafts", "download_tickets", "upload_tickets"}
"""What is typed in one's own project, and links to what is seen there."""


@dataclass(frozen=True)
class Secrets:
    """What the owner of the first project has, and others have found out."""

    download: str
    upload: str
    body: bytes
    """Which the ticket of the upload allows."""
    judge: str
    invitation: str
    numbers: dict[str, int]
    digest: str
    """Of a file with the mark."""

    def for_path(self, path: str) -> set[str]:
        """Whatever could stand in this path for a value; but a link that is made for everybody who has it."""
        found = {self.download, self.upload, self.invitation, self.digest, f"{self.digest}.csv"}
        found |= {str(number) for number in self.numbers.values()}
        found |= {"run-1", "jobs/1/result.json", f"objects/{self.digest}", "../workbench.db"}
        return found if path.startswith("/judge/") else found | {self.judge}

    def query(self) -> dict[str, str]:
        """All numbers, under the names that pages and routes know."""
        names = {name.removesuffix("_id"): str(n) for name, n in self.numbers.items()}
        return names | {"ticket": self.download, "path": f"objects/{self.digest}"}


@pytest.fixture
def provider(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An identity provider in the settings, so that its routes are there; it does not answer."""
    path = tmp_path / "secrets.toml"
    path.write_text(
        '[auth]\nredirect_uri = "http://127.0.0.1/oauth2callback"\n'
        f'cookie_secret = "{"c" * 40}"\nclient_id = "w"\nclient_secret = "s"\n'
        'server_metadata_url = "http://127.0.0.1:9/.well-known/openid-configuration"\n'
    )
    monkeypatch.setenv(company.SECRETS, str(path))


@pytest.fixture
def secrets(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Secrets:
    worlds = companies.fill(store, tmp_path, monkeypatch)
    olga = store.acting_as(Acting(OWNS, NAMES[OWNS]))
    digest = files.put(io.BytesIO(f"text,label\n{MARK},b\n".encode()))
    numbers = worlds[0].numbers
    body = urlencode({"email": "sam@example.com", "password": "wrong", "choice": "first"}).encode()
    return Secrets(
        download=downloads.ticket_for(olga, files.object_path(digest), f"{MARK}.csv"),
        upload=uploads.open_ticket(olga, THEIRS, f"{MARK}.csv", len(body)),
        body=body,
        judge=blind_tests.renew_link(olga, numbers["test_id"]),
        invitation=invitations.invite(olga, "new@example.com", project_id=THEIRS, role="viewer"),
        numbers={name: n for name, n in numbers.items() if n},
        digest=digest,
    )


@pytest.fixture
def cookies(store: Store, secrets: Secrets) -> dict[int, str]:
    """Person → what their browser sends; somebody without a sign-in, and with one that they made up."""
    found = {NOBODY: "", MADE_UP: f"{cookie.NAME}={'x' * 43}"}
    with store.write() as session:
        for person_id in NAMES:
            person = session.get_one(Person, person_id)
            token = sign_ins.begin(session, person, Place("127.0.0.1", "Firefox"))
            found[person_id] = f"{cookie.NAME}={token}"
    return found


@pytest.fixture
def web(provider: None, cookies: dict[int, str], home: Path) -> Iterator[Web]:
    """The app on this home."""
    with running_web(home) as found:
        yield found


def asked(routes: list[Door], secrets: Secrets) -> Iterator[tuple[Door, str]]:
    """Each route with everything that somebody may try there."""
    query = urlencode(secrets.query())
    for route in routes:
        if not route.path:
            continue
        values = sorted(secrets.for_path(route.path)) if route.takes_values else ["1"]
        for value in values:
            yield route, route.filled(value)
        yield route, f"{route.filled(values[0])}?{query}"


def told(answer: httpx.Response) -> str:
    """Everything that comes back."""
    return f"{answer.headers}\n{answer.text}"


def changed(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    return {table for table in after if after[table] != before[table]}


def browser(address: str, brings: str) -> httpx.Client:
    headers = {"Cookie": brings}
    return httpx.Client(base_url=address, trust_env=False, headers=headers, timeout=PATIENCE_S)


def walked(
    store: Store, client: httpx.Client, routes: list[Door], secrets: Secrets, who: str
) -> Iterator[str]:
    """Ask at every route; what was shown or changed there."""
    rows, written = full_home.all_rows(store), full_home.last_write(store)
    for route, path in asked(routes, secrets):
        body = secrets.body if route.method in ("POST", "PUT", "PATCH") else b""
        form = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
        answer = client.request(route.method, path, content=body, headers=form)
        if MARK in told(answer):
            yield f"{who}{route.method} {path} shows {told(answer)[:300]}"
        if answer.status_code >= 500 and route.path not in MAY_FAIL:
            yield f"{who}{route.method} {path} fails with {answer.status_code}"
        if (now_written := full_home.last_write(store)) != written:
            after = full_home.all_rows(store)
            may = BY_LOOKING | MAY_WRITE.get(route.path, set())
            if wrong := changed(rows, after) - may:
                yield f"{who}{route.method} {path} changes {sorted(wrong)}"
            rows, written = after, now_written


def test_no_route_shows_or_changes_what_is_not_theirs(
    store: Store,
    web: Web,
    secrets: Secrets,
    cookies: dict[int, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    routes = routes_of_app(tmp_path_factory.mktemp("routes"))
    assert {"/upload/{ticket}", "/download/{ticket}", "/account/company"} <= {
        r.path for r in routes
    }
    address, faults = f"http://127.0.0.1:{web.port}", list[str]()
    for who in (NOBODY, MADE_UP, STRANGE, EDITS_ELSEWHERE, LOOKS):
        with browser(address, cookies[who]) as client:
            faults += walked(store, client, routes, secrets, f"{NAMES.get(who, who)}: ")
    assert not faults, "\n".join(faults)
    with browser(address, cookies[OWNS]) as client:
        fetched = client.get(f"/download/{secrets.download}")
        sent = client.put(f"/upload/{secrets.upload}", content=secrets.body)
    assert (fetched.status_code, sent.status_code) == (200, 200), (
        "the tickets were good for nothing"
    )
    assert MARK in fetched.text
    assert MARK in fetched.headers["content-disposition"]
    with store.read() as session:
        lines = [line for line in session.query(AuditLine) if line.action == "download"]
    assert [line.person_id for line in lines] == [OWNS]


def seen(socket: Any, page: str, query: str) -> str:
    """All that the server sends of a page."""
    state = {"query_string": query, "page_name": page}
    socket.send(BackMsg(rerun_script=state).SerializeToString())
    said = ""
    while True:
        message = ForwardMsg()
        message.ParseFromString(socket.recv(timeout=PATIENCE_S))
        said += str(message)
        if message.HasField("script_finished") and message.script_finished in (
            ForwardMsg.FINISHED_SUCCESSFULLY,
            ForwardMsg.FINISHED_WITH_COMPILE_ERROR,
        ):
            return said


def test_no_socket_shows_or_changes_what_is_not_theirs(
    store: Store, web: Web, secrets: Secrets, cookies: dict[int, str]
) -> None:
    for who in (NOBODY, MADE_UP):
        with pytest.raises(InvalidStatus), stream(web.port, None, cookie=cookies[who]):
            pass
    rows, query = full_home.all_rows(store), urlencode(secrets.query())
    shown: dict[int, set[str]] = {}
    for who in (STRANGE, EDITS_ELSEWHERE, LOOKS):
        with stream(web.port, None, cookie=cookies[who]) as socket:
            shown[who] = {
                title
                for title in frame.PAGES
                if MARK in seen(socket, "" if title == "Home" else title.lower(), query)
            }
    assert shown[STRANGE] == shown[EDITS_ELSEWHERE] == set()
    assert {"Data", "Train", "Evaluate", "Use", "Answer", "Queue"} <= shown[LOOKS]
    assert changed(rows, full_home.all_rows(store)) <= BY_A_PAGE
