"""One tiny base model with its adapters for all tests of the server."""

import json
from collections.abc import Iterator
from pathlib import Path

import openai
import pytest

from tests.serving import tiny
from workbench.serving.shelf import Shelf

HERE = Path(__file__).parent
PEFT_USES_AN_OLD_NAME = "ignore:`is_gradient_checkpointing` is deprecated:FutureWarning"
LABELS = ["refund", "delivery", "invoice", "invoice copy"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A note between two libraries is no failure of ours."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.filterwarnings(PEFT_USES_AN_OLD_NAME))


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `base` and the adapters `replies` and `sorter`."""
    folder = tmp_path_factory.mktemp("models")
    base = tiny.make_base(folder / "base")
    tiny.make_adapter(base, folder / "replies", seed=1, system="Be kind.")
    tiny.make_adapter(base, folder / "sorter", seed=2, task="classification", labels=tuple(LABELS))
    return folder


@pytest.fixture
def registry(models: Path, tmp_path: Path) -> Path:
    """A models.json with a writer, a sorter and the base model."""
    path = tmp_path / "models.json"
    base = models / "base"
    entries = [
        tiny.entry("run-1", base, models / "replies", task="completion", system="Be kind."),
        tiny.entry("run-2", base, models / "sorter", task="classification", labels=LABELS),
        tiny.entry("base:Tiny", base),
    ]
    path.write_text(json.dumps(entries))
    return path


@pytest.fixture
def shelf() -> Shelf:
    return tiny.shelf()


@pytest.fixture
def url(registry: Path, shelf: Shelf) -> Iterator[str]:
    """The address of a running server."""
    with tiny.running(registry, shelf) as server:
        yield f"http://127.0.0.1:{server.port}"


@pytest.fixture
def client(url: str) -> Iterator[openai.OpenAI]:
    """OpenAI's own client, talking to the server."""
    with openai.OpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0) as opened:
        yield opened
