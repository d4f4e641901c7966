"""The server in the foreground: it answers until it is interrupted, and leaves nothing behind."""

import contextlib
import subprocess
import sys
from pathlib import Path

import httpx
import psutil
import pytest

from storage import files
from storage.database import Store
from tests.helpers import made, tiny
from workbench.core.errors import WorkbenchError
from workbench.core.paths import CHECKOUT
from workbench.projects import projects
from workbench.use import foreground, playground, server_key

pytestmark = pytest.mark.filterwarnings(tiny.PEFT_USES_AN_OLD_NAME)


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.make_models(tmp_path_factory.mktemp("models"))


@pytest.fixture
def model_id(store: Store, models: Path) -> str:
    """A finished run with tiny weights."""
    project_id = projects.create_project(store, "Mails")
    version_id = made.add_dataset(store, project_id, task="completion")
    model = made.add_model(store, kind="causal")
    adapter = str(models / "replies")
    return f"run-{made.add_run(store, project_id, version_id, model, adapter=adapter)}"


def test_it_answers_until_interrupted(store: Store, model_id: str) -> None:
    """To who knows its key, which stands in no command line and no file but its own."""
    left_behind = files.folder("serve", "server-of-a-command-that-was-killed")
    replies: list[int] = []

    def interrupt(url: str) -> None:
        assert not left_behind.exists()
        asked = [{"role": "user", "content": "Hello"}]
        body = {"model": model_id, "messages": asked, "max_tokens": 2}
        for headers in ({"Authorization": f"Bearer {server_key.key()}"}, {}):
            reply = httpx.post(f"{url}/v1/chat/completions", json=body, headers=headers, timeout=60)
            replies.append(reply.status_code)
        assert len(told_of_the_server()) > 3
        assert not [text for text in told_of_the_server() if server_key.key() in text]
        raise KeyboardInterrupt

    playground.serve_forever(store, model_id, on_ready=interrupt)
    assert replies == [200, 401]
    left = {path.name for path in files.folder("serve").iterdir()}
    assert left == {"key", "key.lock", "live.json", "models.json", "requests.jsonl"}


def told_of_the_server() -> list[str]:
    """Command lines, and files: what others on the machine may come to see."""
    lines = []
    for process in psutil.Process().children():
        with contextlib.suppress(psutil.Error):  # it has ended meanwhile
            lines.append(" ".join(process.cmdline()))
    paths = [path for path in files.folder("serve").rglob("*") if path.is_file()]
    return lines + [p.read_text("utf-8", "replace") for p in paths if p.name != "key"]


def test_a_command_that_is_killed_leaves_nothing(
    store: Store, model_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its server ends by itself; what lay on the disk goes with the next start."""
    monkeypatch.setenv("WORKBENCH_SERVER_KEY", "off")
    monkeypatch.setenv("WORKBENCH_WORKER", "service")
    command = [sys.executable, "-m", "workbench", "serve", "--run", model_id]
    killed = subprocess.Popen(command, cwd=CHECKOUT, stdout=subprocess.PIPE, text=True)
    try:
        assert killed.stdout
        told = killed.stdout.readline()
        assert "It asks for no key" in told
        (server,) = psutil.Process(killed.pid).children()
        assert httpx.get(told.split()[2] + "/models").status_code == 200
    finally:
        killed.kill()
        killed.communicate()
    gone, _ = psutil.wait_procs([server], timeout=30)
    assert gone == [server]

    foreground._sweep()
    assert {path.name for path in files.folder("serve").iterdir()} == {"live.json", "models.json"}


def test_another_command_at_work_is_left_alone(home: Path) -> None:
    with foreground._folder() as (job, _lock):
        foreground._sweep()
        assert job.path.is_dir()
        assert job.is_locked()
    assert not job.path.exists()


def test_a_taken_port_is_explained(
    store: Store, model_id: str, models: Path, tmp_path: Path
) -> None:
    registry = tiny.write_registry(models, tmp_path / "models.json")
    with (
        tiny.running(registry, tiny.shelf()) as server,
        pytest.raises(WorkbenchError, match=f"port {server.port} cannot be used"),
    ):
        playground.serve_forever(store, model_id, server.port)
    with pytest.raises(WorkbenchError, match="port 99999 cannot be used"):
        playground.serve_forever(store, model_id, 99999)
