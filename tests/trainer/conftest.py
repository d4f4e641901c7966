"""Models that the trainer's tests share."""

from pathlib import Path

import pytest

from tests.trainer.writers import make_writer
from workbench.bundled import shipped_path
from workbench.trainer.prepare import ensure_ready


@pytest.fixture(scope="session")
def writer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny Llama that writes nonsense."""
    return make_writer(tmp_path_factory.mktemp("models") / "writer")


@pytest.fixture(scope="session")
def smol() -> Path:
    """The bundled model that writes."""
    if shipped_path("SmolLM2-135M-Instruct") is None:
        pytest.skip("the bundled models are not installed (make setup)")
    return ensure_ready("SmolLM2-135M-Instruct")
