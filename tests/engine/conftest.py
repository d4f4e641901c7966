"""Models that the trainer's tests share."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from tests.helpers.encoders import make_encoder
from tests.helpers.writers import make_writer, split_replies


@pytest.fixture(scope="session")
def writer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny Llama that writes nonsense."""
    return make_writer(tmp_path_factory.mktemp("models") / "writer")


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny encoder that reads at most 48 tokens."""
    return make_encoder(tmp_path_factory.mktemp("encoders") / "tiny")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A version's file of questions and replies."""
    return split_replies(tmp_path / "replies.parquet")


@pytest.fixture
def one_thread() -> Iterator[None]:
    """For tiny models: threads would only wait for each other."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
