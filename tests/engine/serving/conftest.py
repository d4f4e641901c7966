"""One tiny base model with its adapters for all tests of the server."""

from collections.abc import Iterator
from pathlib import Path

import openai
import pytest

from tests.helpers import tiny
from workbench.engine.serving.model_cache import ModelCache

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A note between two libraries is no failure of ours."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.filterwarnings(tiny.PEFT_USES_AN_OLD_NAME))


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `base` and the adapters `replies` and `sorter`."""
    return tiny.make_models(tmp_path_factory.mktemp("models"))


@pytest.fixture
def registry(models: Path, tmp_path: Path) -> Path:
    """A models.json with a writer, a sorter and the base model."""
    return tiny.write_registry(models, tmp_path / "models.json")


@pytest.fixture
def shelf() -> ModelCache:
    return tiny.shelf()


@pytest.fixture
def url(registry: Path, shelf: ModelCache) -> Iterator[str]:
    """The address of a running server."""
    with tiny.running(registry, shelf) as server:
        yield f"http://127.0.0.1:{server.port}"


@pytest.fixture
def client(url: str) -> Iterator[openai.OpenAI]:
    """OpenAI's own client, talking to the server."""
    with openai.OpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0) as opened:
        yield opened
