"""The reference is transformers in float32, whatever this machine would compute in."""

import pytest
import torch

from tests.engine.serving.engines import made
from workbench.engine.runtime import device


@pytest.fixture(autouse=True)
def _float32(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "dtype", lambda: torch.float32)


@pytest.fixture
def loaded() -> made.Loaded:
    """A tiny Llama."""
    return made.Loaded(made.make(made.OURS["llama"]))
