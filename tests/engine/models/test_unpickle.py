"""Pickled weights: all of them are kept, and nothing else of a pickle takes effect."""

import pickle
from collections import OrderedDict
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from tests.helpers.odd_forms import Program
from workbench.core.errors import WorkbenchError
from workbench.engine.models.unpickle import unpickle


@pytest.fixture(autouse=True)
def _by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the switch that would keep the whole engine from loading programs."""
    monkeypatch.delenv("TORCH_FORCE_WEIGHTS_ONLY_LOAD", raising=False)


def weights() -> dict[str, torch.Tensor]:
    whole = torch.arange(24, dtype=torch.float32).reshape(4, 6)
    return {
        "embed.weight": whole,
        "head.weight": whole,  # tied
        "part.weight": whole[1:3],
        "turned.weight": whole.T,
        "half": torch.ones(3, dtype=torch.bfloat16),
        "count": torch.tensor(7),
    }


@pytest.mark.parametrize("old", [True, False])
def test_every_weight_is_what_it_was(tmp_path: Path, *, old: bool) -> None:
    file = tmp_path / "pytorch_model.bin"
    torch.save(OrderedDict(weights()), file, _use_new_zipfile_serialization=not old)
    sizes = unpickle(file, tmp_path / "model.safetensors")
    found = load_file(tmp_path / "model.safetensors")
    assert set(found) == set(sizes) == set(weights())
    for name, weight in weights().items():
        assert found[name].dtype == weight.dtype
        assert torch.equal(found[name], weight)


@pytest.mark.parametrize("name", ["state_dict", "model"])
def test_weights_that_a_training_wrapped_are_found(tmp_path: Path, name: str) -> None:
    torch.save({name: weights(), "epoch": 3}, tmp_path / "a.bin")
    assert set(unpickle(tmp_path / "a.bin", tmp_path / "a.safetensors")) == set(weights())


def _beside(path: Path, ran: Path) -> None:
    torch.save({**weights(), "x": Program(ran)}, path)


def _beside_in_the_old_form(path: Path, ran: Path) -> None:
    torch.save({**weights(), "x": Program(ran)}, path, _use_new_zipfile_serialization=False)


def _alone(path: Path, ran: Path) -> None:
    path.write_bytes(pickle.dumps(Program(ran)))


def _evaluated(path: Path, ran: Path) -> None:
    path.write_bytes(b"cbuiltins\neval\n(V open('%s', 'w')\ntR." % str(ran).encode())


def _imported(path: Path, ran: Path) -> None:
    path.write_bytes(b"\x80\x04\x8c\x07runpy\x94\x8c\x08run_path\x94\x93\x8c\x01x\x85R.")


@pytest.mark.parametrize("write", [_beside, _beside_in_the_old_form, _alone, _evaluated, _imported])
def test_a_pickle_with_a_program_is_refused_and_runs_nothing(tmp_path: Path, write: Any) -> None:
    file, ran = tmp_path / "pytorch_model.bin", tmp_path / "ran"
    write(file, ran)
    with pytest.raises(WorkbenchError, match=r"pytorch_model\.bin holds more than weights"):
        unpickle(file, tmp_path / "model.safetensors")
    assert not ran.exists()
    assert not (tmp_path / "model.safetensors").exists()


def test_the_program_would_have_run_without_care(tmp_path: Path) -> None:
    pickle.loads(pickle.dumps(Program(tmp_path / "ran")))
    assert (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    "content", [b"", b"no weights", b"PK\x03\x04" + bytes(50), pickle.dumps([1, 2])]
)
def test_what_holds_no_weights_is_a_sentence(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.bin").write_bytes(content)
    with pytest.raises(WorkbenchError, match=r"a\.bin (is damaged|holds no weights|holds more)"):
        unpickle(tmp_path / "a.bin", tmp_path / "a.safetensors")


def test_every_cut_of_a_file_is_a_sentence(tmp_path: Path) -> None:
    torch.save(weights(), tmp_path / "a.bin")
    whole = (tmp_path / "a.bin").read_bytes()
    for end in range(0, len(whole) - 30, 97):
        (tmp_path / "a.bin").write_bytes(whole[:end])
        with pytest.raises(WorkbenchError, match=r"is damaged|holds more|holds no"):
            unpickle(tmp_path / "a.bin", tmp_path / "a.safetensors")
