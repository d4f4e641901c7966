"""Downloads in processes of their own: mirrors, proxies, certificates, a kill, and the token."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from storage.database import Store
from storage.guard import secret
from tests.fakes.harness import end_leftovers, until
from tests.fakes.hub import REVISION, FakeHub, Trouble, serving
from tests.helpers.network import own_certificate, proxy_to
from workbench.core.paths import CHECKOUT
from workbench.jobs.launchers.local import LocalLauncher
from workbench.jobs.process.hub_token import HUB
from workbench.jobs.process.job_dir import JobDir, read_json, write_json

NAME = "someone/tiny"
WEIGHTS = bytes(range(256)) * 20_000
"""5 MB."""
TOKEN = "hf_" + "abcdEFGH" * 4 + "wxyz"
OURS = ("HF_ENDPOINT", "HF_TOKEN", "HF_HUB_OFFLINE", "SSL_CERT_FILE", "SSL_CERT_DIR",
        "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "HTTP_PROXY", "http_proxy", "HTTPS_PROXY",
        "https_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy",
        "TRANSFORMERS_OFFLINE", "HUGGING_FACE_HUB_TOKEN")  # fmt: skip
"""Variables that a test says itself."""


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    with serving() as hub:
        filled(hub)
        yield hub


def filled(hub: FakeHub) -> None:
    hub.models[NAME] = {"model.safetensors": WEIGHTS, "config.json": b"{}"}


@pytest.fixture
def job(tmp_path: Path, home: Path) -> JobDir:
    job = JobDir(home / "jobs" / "1")
    job.path.mkdir(parents=True)
    (tmp_path / "models").mkdir()
    target = str(tmp_path / "models" / "tiny")
    spec = {"kind": "import", "hub_id": NAME, "revision": REVISION, "target": target}
    write_json(job.spec, {"job_id": 1, "attempt": 1, **spec})
    return job


def started(job: JobDir, **environment: str) -> "subprocess.Popen[bytes]":
    clean = {name: value for name, value in os.environ.items() if name not in OURS}
    return subprocess.Popen(
        [sys.executable, "-m", "workbench.engine", str(job.path)],
        cwd=CHECKOUT,
        env={**clean, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def done(job: JobDir, **environment: str) -> dict[str, Any]:
    assert started(job, **environment).wait(120) == 0
    result: dict[str, Any] = read_json(job.result)
    return result


def test_a_mirror_is_asked_in_place_of_the_hub(job: JobDir, hub: FakeHub) -> None:
    assert done(job, HF_ENDPOINT=hub.address)["status"] == "succeeded"
    assert hub.given["model.safetensors"] == len(WEIGHTS)


def test_a_proxy_is_asked_where_there_is_one(job: JobDir, hub: FakeHub) -> None:
    """The hub's name is one that nobody else could resolve."""
    with proxy_to(hub.address) as (proxy, asked):
        there = {"HF_ENDPOINT": "http://hub.invalid", "HTTP_PROXY": proxy, "http_proxy": proxy}
        assert done(job, **there)["status"] == "succeeded"
    assert [url for url in asked if url.startswith("http://hub.invalid/someone/tiny/resolve/")]
    assert hub.given["model.safetensors"] == len(WEIGHTS)


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"])
def test_certificates_of_ones_own_are_trusted(job: JobDir, tmp_path: Path, variable: str) -> None:
    tls, vouching = own_certificate(tmp_path)
    with serving(tls) as hub:
        filled(hub)
        assert done(job, HF_ENDPOINT=hub.address, **{variable: str(vouching)})["status"] == (
            "succeeded"
        )


@pytest.mark.release
def test_a_certificate_that_nobody_vouches_for_is_said(job: JobDir, tmp_path: Path) -> None:
    tls, _ = own_certificate(tmp_path)
    with serving(tls) as hub:
        filled(hub)
        result = done(job, HF_ENDPOINT=hub.address)
    assert "is not trusted on this computer" in result["reason"]
    assert "SSL_CERT_FILE" in result["reason"]


@pytest.mark.release
def test_a_user_who_barred_the_hub_is_told_by_what(job: JobDir, hub: FakeHub) -> None:
    result = done(job, HF_ENDPOINT=hub.address, HF_HUB_OFFLINE="1")
    assert "HF_HUB_OFFLINE bars it" in result["reason"]
    assert not hub.asked


def test_a_killed_download_goes_on_where_it_was(job: JobDir, hub: FakeHub) -> None:
    half = len(WEIGHTS) // 2
    hub.troubles.append(Trouble("model.safetensors", after=half, hangs=True))
    process = started(job, HF_ENDPOINT=hub.address)
    parts = Path(read_json(job.spec)["target"]).with_name(".tiny.part") / ".parts"
    until(lambda: any(p.stat().st_size == half for p in parts.glob("*")), 60)
    process.send_signal(signal.SIGKILL)
    process.wait()
    hub.gate.set()
    assert done(job, HF_ENDPOINT=hub.address)["status"] == "succeeded"
    assert hub.given["model.safetensors"] == len(WEIGHTS)


def test_the_token_reaches_the_hub_and_is_found_nowhere(
    job: JobDir, hub: FakeHub, store: Store, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in OURS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HF_ENDPOINT", hub.address)
    hub.gated.add(NAME)
    hub.tokens[TOKEN] = "ann"
    secret.keep(HUB, TOKEN)
    launcher = LocalLauncher()
    try:
        handle = launcher.submit("import", job)
        until(lambda: not launcher.poll(handle).running, 120)
    finally:
        end_leftovers()
    assert read_json(job.result)["status"] == "succeeded"
    written = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
    assert not [path for path, content in written.items() if TOKEN.encode() in content]
    assert len(written) > 3
