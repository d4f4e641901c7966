"""Every door of the real web app, tried by strangers: other names, other pages, frames."""

import shutil
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.exceptions import InvalidStatus

from storage import files
from storage.database import Store
from tests.faults import proxy
from tests.faults.conftest import Web, running_web
from tests.faults.doors import Door, doors_of_app, stream
from tests.faults.proxy import Proxy
from workbench.data.files import uploads
from workbench.projects import projects
from workbench.ui.routes import page_policy

NAME = "wb.example"
FOREIGN_NAME = {"Host": "evil.example"}
FOREIGN_PAGE = {"Origin": "http://evil.example"}
FRAME = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}
SENTENCES = {
    421: "The workbench does not answer under this name: open it as localhost, or put the name "
    "into the setting WORKBENCH_HOSTS and start the workbench again.",
    403: "The workbench answers its own pages only: open it in a tab of its own.",
}


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """One web process for all, that has a name beside its own."""
    patch = pytest.MonkeyPatch()
    patch.setenv("WORKBENCH_HOSTS", NAME)
    with running_web(tmp_path_factory.mktemp("web") / "home") as found:
        yield found
    patch.undo()


@pytest.fixture(scope="module")
def doors(tmp_path_factory: pytest.TempPathFactory) -> list[Door]:
    """Each method of each route that the app has, ours and Streamlit's, and its static files."""
    return doors_of_app(tmp_path_factory.mktemp("routes"))


def knock(web: Web, doors: list[Door], headers: dict[str, str]) -> dict[Door, httpx.Response]:
    with httpx.Client(base_url=f"http://127.0.0.1:{web.port}", trust_env=False) as client:
        return {door: client.request(*door, headers=headers) for door in doors}


def test_all_doors_are_known(doors: list[Door]) -> None:
    """What the list has to hold, so that a change of Streamlit does not empty it."""
    paths = {path for _, path in doors}
    assert paths >= {"/upload/ticket", "/download/ticket", "/_stcore/stream", "/_stcore/health"}
    assert Door("PUT", "/_stcore/upload_file/session_id/file_id") in doors
    assert Door("GET", "/media/file_id") in doors
    assert len(doors) > 30


@pytest.mark.parametrize(
    ("headers", "status"),
    [(FOREIGN_NAME, 421), (FOREIGN_PAGE, 403), (FRAME, 403)],
    ids=["name", "page", "frame"],
)
def test_strangers_are_turned_away_at_every_door(
    web: Web, doors: list[Door], headers: dict[str, str], status: int
) -> None:
    for door, answer in knock(web, doors, headers).items():
        told = "" if door.method == "HEAD" else SENTENCES[status]
        assert (answer.status_code, answer.text) == (status, told), door
        assert "set-cookie" not in answer.headers, door


def test_what_every_door_gives_cannot_be_framed_or_read_elsewhere(
    web: Web, doors: list[Door]
) -> None:
    for door, answer in knock(web, doors, {}).items():
        assert {name: answer.headers.get(name) for name in page_policy.HEADERS} == (
            page_policy.HEADERS
        ), door
        assert not [name for name in answer.headers if name.startswith("access-control-")], door


def test_the_policy_names_no_other_host() -> None:
    policy = page_policy.HEADERS["Content-Security-Policy"]
    sources = {word for part in policy.split("; ") for word in part.split()[1:]}
    hashes = {word for word in sources if word.startswith("'sha256-")}
    assert sources - hashes == {"'self'", "'none'", "'unsafe-inline'", "blob:", "data:"}
    scripts = policy.partition("script-src ")[2].partition(";")[0]
    assert "unsafe" not in scripts
    assert "frame-ancestors 'none'" in policy


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("http://evil.example", ""),
        ("null", ""),
        ("http://127.0.0.1:1", ""),
        ("http://evil.example:{port}", "evil.example:{port}"),
        (None, "evil.example:{port}"),
    ],
)
def test_a_stranger_opens_no_web_socket(web: Web, origin: str | None, host: str) -> None:
    asking = origin and origin.format(port=web.port)
    with (
        pytest.raises(InvalidStatus) as caught,
        stream(web.port, asking, host.format(port=web.port)),
    ):
        pass
    assert caught.value.response.status_code == 403


@pytest.mark.parametrize("origin", ["http://127.0.0.1:{port}", None])
def test_the_own_page_opens_its_web_socket(web: Web, origin: str | None) -> None:
    with stream(web.port, origin and origin.format(port=web.port)) as socket:
        assert socket.subprotocol == "streamlit"


@pytest.fixture(params=[False, True], ids=["plain", "tls"])
def tls(
    request: pytest.FixtureRequest, tmp_path: Path
) -> tuple[ssl.SSLContext, ssl.SSLContext] | tuple[None, None]:
    """What the proxy and who asks it agree on."""
    if not request.param:
        return None, None
    if shutil.which("openssl") is None:
        pytest.skip("needs openssl to make a certificate")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    asked = f"req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN={NAME}"
    alternative = f"-addext subjectAltName=DNS:{NAME}"
    subprocess.run(
        ["openssl", *asked.split(), *alternative.split(), "-keyout", key, "-out", certificate],
        check=True,
        stderr=subprocess.DEVNULL,
    )
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(certificate, key)
    return serving, ssl.create_default_context(cafile=str(certificate))


@pytest.mark.parametrize("keeps_host", [True, False])
def test_a_proxy_in_front_works_under_a_name_of_the_setting(
    web: Web, tls: tuple[Any, Any], keeps_host: bool
) -> None:
    serving, asking = tls
    with proxy.running(Proxy(web.port, keeps_host, serving)) as port:
        scheme = "https" if serving else "http"
        with httpx.Client(verify=asking or True, trust_env=False) as client:
            client.headers["Host"] = f"{NAME}:{port}"
            own = {"Origin": f"{scheme}://{NAME}:{port}"}
            page = client.get(
                f"{scheme}://127.0.0.1:{port}/", headers=own, extensions={"sni_hostname": NAME}
            )
            foreign = client.get(
                f"{scheme}://127.0.0.1:{port}/",
                headers={"Origin": f"{scheme}://evil.example"},
                extensions={"sni_hostname": NAME},
            )
        assert (page.status_code, foreign.status_code) == (200, 403)
        assert page.text == page_policy.INDEX.read_text("utf-8")
        with stream(port, own["Origin"], f"{NAME}:{port}", tls=asking) as socket:
            assert socket.subprotocol == "streamlit"
        with pytest.raises(InvalidStatus), stream(port, "https://evil.example", NAME, tls=asking):
            pass


def test_a_file_goes_through_a_proxy(
    store: Store, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    projects.create_project(store, "Mails")
    monkeypatch.setenv("WORKBENCH_HOSTS", NAME)
    body = b"text,label\none,a\n"
    ticket = uploads.open_ticket(store, 1, "mails.csv", len(body))
    with running_web(home) as web, proxy.running(Proxy(web.port)) as port:
        own = {"Host": f"{NAME}:{port}", "Origin": f"http://{NAME}:{port}"}
        address = f"http://127.0.0.1:{port}/upload/{ticket}"
        answer = httpx.put(address, content=body, headers=own, trust_env=False)
    assert (answer.status_code, answer.json()) == (200, {"error": ""})
    upload = uploads.look(store, uploads.id_of(ticket))
    assert upload
    assert files.object_path(upload.source.digest).read_bytes() == body
