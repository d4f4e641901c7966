"""The server in the foreground: it answers until it is interrupted, and leaves nothing behind."""

from pathlib import Path

import httpx
import pytest

from storage import files
from storage.database import Store
from tests.helpers import made, tiny
from workbench.core.errors import WorkbenchError
from workbench.projects import projects
from workbench.use import playground as chat

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
    replies: list[int] = []

    def interrupt(url: str) -> None:
        asked = [{"role": "user", "content": "Hello"}]
        body = {"model": model_id, "messages": asked, "max_tokens": 2}
        reply = httpx.post(f"{url}/v1/chat/completions", json=body, timeout=60)
        replies.append(reply.status_code)
        raise KeyboardInterrupt

    chat.serve_forever(store, model_id, on_ready=interrupt)
    assert replies == [200]
    assert [path.name for path in files.folder("serve").iterdir()] == ["models.json"]


def test_a_taken_port_is_explained(
    store: Store, model_id: str, models: Path, tmp_path: Path
) -> None:
    registry = tiny.write_registry(models, tmp_path / "models.json")
    with (
        tiny.running(registry, tiny.shelf()) as server,
        pytest.raises(WorkbenchError, match=f"port {server.port} cannot be used"),
    ):
        chat.serve_forever(store, model_id, server.port)
    with pytest.raises(WorkbenchError, match="port 99999 cannot be used"):
        chat.serve_forever(store, model_id, 99999)
