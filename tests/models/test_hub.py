"""Asking the hub: what it answers, and what is said when it does not."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import huggingface_hub
import pytest
from huggingface_hub import errors as hub_errors

from tests.helpers.folders import LLAMA
from workbench.core.errors import WorkbenchError
from workbench.models import hub


class _Hub:
    """Stands for the hub's client."""

    def __init__(self, answer: Any) -> None:
        self._answer = answer

    def __call__(self, **_: Any) -> "_Hub":
        return self

    def model_info(self, hub_id: str, **_: Any) -> Any:
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer


def _info(files: dict[str, int]) -> SimpleNamespace:
    return SimpleNamespace(
        sha="abc123",
        siblings=[SimpleNamespace(rfilename=name, size=size) for name, size in files.items()],
        safetensors=SimpleNamespace(total=1000),
        card_data={"license": "mit"},
    )


def _response(status: int) -> Any:
    return SimpleNamespace(
        headers={}, request=None, status_code=status, text="", url="", json=dict, reason=""
    )


@pytest.fixture
def config_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "config.json"
    path.write_text(json.dumps(LLAMA))
    monkeypatch.setattr(huggingface_hub, "hf_hub_download", lambda *_, **__: str(path))


def _answers(monkeypatch: pytest.MonkeyPatch, answer: Any) -> None:
    monkeypatch.setattr(huggingface_hub, "HfApi", _Hub(answer))


@pytest.mark.usefixtures("config_file")
def test_the_facts_of_a_hub_model(monkeypatch: pytest.MonkeyPatch) -> None:
    files = {"model.safetensors": 2000, "pytorch_model.bin": 2000, "tokenizer.json": 30}
    _answers(monkeypatch, _info(files))
    found = hub.look_up("https://huggingface.co/owner/name/tree/main")
    assert (found.hub_id, found.revision) == ("owner/name", "abc123")
    assert (found.facts.family, found.facts.parameters, found.facts.licence) == (
        "causal",
        1000,
        "mit",
    )
    assert found.download_bytes == 2030


def test_pickled_weights_are_taken_where_there_are_no_others_and_said(
    monkeypatch: pytest.MonkeyPatch, config_file: None
) -> None:
    files = {"pytorch_model.bin": 2000, "training_args.bin": 500, "optimizer.bin": 10**9}
    _answers(monkeypatch, _info(files))
    found = hub.look_up("owner/name")
    assert found.download_bytes == 2000
    assert "pytorch_model.bin" in found.facts.conversions[0]
    _answers(monkeypatch, _info({**files, "model.safetensors": 1000}))
    found = hub.look_up("owner/name")
    assert (found.download_bytes, found.facts.conversions) == (1000, ())


@pytest.mark.parametrize(
    ("files", "says"),
    [({"flax_model.msgpack": 9}, "no weights that can be read"), ({"q4.gguf": 9}, "GGUF files")],
)
def test_weights_of_other_forms_are_refused_with_the_way_on(
    monkeypatch: pytest.MonkeyPatch, files: dict[str, int], says: str
) -> None:
    _answers(monkeypatch, _info(files))
    with pytest.raises(WorkbenchError, match=says):
        hub.look_up("owner/name")


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (hub_errors.RepositoryNotFoundError("x", response=_response(404)), "There is no model"),
        (hub_errors.GatedRepoError("x", response=_response(403)), "access token"),
        (hub_errors.OfflineModeIsEnabled("x"), "cannot be reached"),
        (TimeoutError("x"), "cannot be reached"),
    ],
)
def test_what_goes_wrong_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, error: Exception, says: str
) -> None:
    _answers(monkeypatch, error)
    with pytest.raises(WorkbenchError, match=says):
        hub.look_up("owner/name")


def test_a_gated_model_can_be_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    _answers(monkeypatch, hub_errors.GatedRepoError("x", response=_response(403)))
    with pytest.raises(hub.GatedModel):
        hub.look_up("owner/name")


def test_no_network_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that no name server knows, asked through the real client."""
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", False)
    api = huggingface_hub.HfApi(endpoint="http://hub.invalid")
    monkeypatch.setattr(huggingface_hub, "HfApi", lambda **_: api)
    begun = time.monotonic()
    with pytest.raises(WorkbenchError, match="connect to the internet"):
        hub.look_up("owner/name")
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize("text", ["name", "owner/", "/name", "", "owner name/x"])
def test_what_is_no_hub_id_is_explained(text: str) -> None:
    with pytest.raises(WorkbenchError, match="it has two parts"):
        hub.clean_id(text)


def test_the_hub_is_not_told_what_is_installed_here() -> None:
    code = (
        "import workbench.models.hub\n"
        "from huggingface_hub.utils import build_hf_headers\n"
        "print(build_hf_headers(token=False)['user-agent'])\n"
    )
    environment = {k: v for k, v in os.environ.items() if k != "HF_HUB_DISABLE_TELEMETRY"}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert "python/" in done.stdout
    assert "torch" not in done.stdout
