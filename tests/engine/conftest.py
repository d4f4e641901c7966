"""Models that the trainer's tests share."""

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.helpers.encoders import make_encoder
from tests.helpers.writers import make_writer, split_replies


@pytest.fixture(autouse=True)
def _no_other_machine(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No training, exam or server may look for another machine, whatever becomes of the try."""
    tried: list[str] = []
    look_up = socket.getaddrinfo

    def on_this_machine(host: Any, *values: Any, **named: Any) -> Any:
        if host not in {None, "localhost", "127.0.0.1", "::1", b"127.0.0.1"}:
            tried.append(str(host))
            raise socket.gaierror(f"A test of the engine asked for {host}.")
        return look_up(host, *values, **named)

    monkeypatch.setattr(socket, "getaddrinfo", on_this_machine)
    yield
    assert not tried


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
