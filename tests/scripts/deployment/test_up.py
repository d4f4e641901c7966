"""The files of a deployment agree with each other, and with what the program does."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import uvicorn
import yaml

from scripts.deployment import up
from workbench.jobs import worker
from workbench.jobs.operations import access, worker_endpoint

ROOT = Path(__file__).resolve().parents[3]
DEPLOY = ROOT / "deploy"
NAMED = {"WORKBENCH_NAME": "wb.example"}
OURS = ("worker", "web-1", "web-2", "server")


@pytest.fixture
def services() -> dict[str, Any]:
    return up.services(NAMED)


def test_variables_are_filled_in_as_compose_does(services: dict[str, Any]) -> None:
    told = services["web-1"]["environment"]
    assert told["WORKBENCH_HOSTS"] == "wb.example"
    assert told["STREAMLIT_SERVER_BASE_URL_PATH"] == ""
    with pytest.raises(ValueError, match="WORKBENCH_NAME: write the name"):
        up.services({})


def test_containers_may_do_nothing_that_they_need_not(services: dict[str, Any]) -> None:
    for name, service in services.items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert "healthcheck" in service, name
        assert name == "caddy" or "cap_add" not in service, name
    for name in OURS:
        assert services[name]["network_mode"] == "service:pod"
        assert "ports" not in services[name]


def test_whoever_ends_a_worker_waits_longer_than_it_does(services: dict[str, Any]) -> None:
    grace = float(services["worker"]["stop_grace_period"].removesuffix("s"))
    unit = (DEPLOY / "systemd" / "slm-workbench-worker.service").read_text()
    timeout = float(re.findall(r"(?m)^TimeoutStopSec=(\d+)$", unit)[0])
    assert min(grace, timeout) >= worker.LEAVE_S + 20
    assert "KillMode=mixed" in unit


def test_units_start_what_containers_start(services: dict[str, Any]) -> None:
    for unit, name, replaced in (
        ("slm-workbench-worker.service", "worker", ("", "")),
        ("slm-workbench-web@.service", "web-1", ("8501", "%i")),
        ("slm-workbench-server.service", "server", ("", "")),
    ):
        text = (DEPLOY / "systemd" / unit).read_text()
        started = re.findall(r"(?m)^ExecStart=\S+/python (.*)$", text)[0]
        said = started.replace("${WORKBENCH_SERVED_PROJECT}", "").split()
        words = [
            word.replace(*replaced) if all(replaced) else word
            for word in services[name]["command"][1:]
        ]
        assert said == [word for word in words if word]


def test_ports_are_those_of_the_caddyfile(services: dict[str, Any]) -> None:
    caddyfile = (DEPLOY / "Caddyfile").read_text()
    assert "{$WORKBENCH_WEBS:127.0.0.1:8501 127.0.0.1:8502}" in caddyfile
    assert "{$WORKBENCH_SERVER:127.0.0.1:8600}" in caddyfile
    for name, port in up.PORTS.items():
        service = services[name]
        listens = [*service["command"], service["environment"].get(worker_endpoint.VARIABLE)]
        assert port in listens, name
        assert service["healthcheck"]["test"][-1] == port, name


def test_the_proxy_hangs_up_before_the_servers_do() -> None:
    """A request on a line that a server is just closing is lost, unless it changes nothing."""
    caddyfile = (DEPLOY / "Caddyfile").read_text()
    body = re.findall(r"(?m)^\t+reverse_proxy [^\n]*\{\n\t\t(.*?)\n\t\t\}", caddyfile, re.DOTALL)
    assert ["import lines" in each for each in body] == [True, True]
    kept = re.search(r"\(lines\) \{\n\ttransport http \{\n\t\tkeepalive (\d+)s\n", caddyfile)
    assert kept
    assert int(kept[1]) < uvicorn.Config(app="").timeout_keep_alive


def test_settings_and_secrets_that_are_named_exist(
    services: dict[str, Any], tmp_path: Path
) -> None:
    text = (ROOT / "compose.yaml").read_text()
    example = (DEPLOY / "example.env").read_text()
    for name in set(re.findall(r"\$\{(\w+)", text)) - {"PYTHON"}:
        assert re.search(rf"(?m)^{name}=", example), name
    shutil.copy(DEPLOY / "make_secrets.sh", tmp_path)
    for _ in range(2):
        subprocess.run(["sh", tmp_path / "make_secrets.sh"], check=True, capture_output=True)
    made = {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()}
    assert {Path(one["file"]).name for one in yaml.safe_load(text)["secrets"].values()} == set(made)
    assert made["database_url"] == (
        f"postgresql://workbench:{made['database_password']}@database/workbench"
    )
    assert len(made["metrics_token"]) == 64
    assert f"{access.VARIABLE}_FILE" in text


def test_the_image_holds_what_it_is_made_of() -> None:
    allowed = {
        line[1:].rstrip("/")
        for line in (ROOT / ".dockerignore").read_text().splitlines()
        if line.startswith("!")
    }
    dockerfile = (ROOT / "Dockerfile").read_text()
    copied = re.findall(r"(?m)^COPY (?!--from)(\S+) \./", dockerfile)
    assert copied
    for path in copied:
        assert path.split("/")[0] in allowed, path
        assert (ROOT / path).exists()
    assert "http" not in re.sub(r"(?m)^#.*$", "", dockerfile)
