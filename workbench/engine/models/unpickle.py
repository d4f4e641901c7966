"""Weights that torch pickled, written as safetensors; what else a pickle holds is not run."""

import pickle
import re
import warnings
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file

from workbench.core.errors import WorkbenchError

_WRAPPED_IN = ("state_dict", "model_state_dict", "model", "module")
"""Under which names a training keeps the weights beside other things."""


def unpickle(file: Path, target: Path) -> dict[str, int]:
    """Write the weights of a pickled file as a safetensors file; name → bytes of each.

    Raises:
        WorkbenchError: it holds something else than weights, or is damaged.
    """
    weights = _tensors(file, _loaded(file))
    seen: set[int] = set()
    plain = {name: _alone(tensor, seen) for name, tensor in weights.items()}
    save_file(plain, target, metadata={"format": "pt"})
    return {name: tensor.nbytes for name, tensor in plain.items()}


def _loaded(file: Path) -> Any:
    mapped = zipfile.is_zipfile(file)
    try:
        with warnings.catch_warnings(action="ignore"):  # of other forms of pickles
            return torch.load(file, map_location="cpu", weights_only=True, mmap=mapped)
    except MemoryError:
        raise
    except pickle.UnpicklingError as error:
        raise _refused(file, str(error)) from error
    except Exception as error:  # whatever a damaged file leads to
        if "TorchScript" in str(error):
            raise _refused(file, "TorchScript") from error
        raise WorkbenchError(
            f"The file {file} is damaged (it does not hold torch's weights): download it again."
        ) from error


def _refused(file: Path, said: str) -> WorkbenchError:
    found = re.search(r"GLOBAL ([\w.]+)", said)
    wanted = f" (it asks for '{found[1]}')" if found else ""
    return WorkbenchError(
        f"The file {file} holds more than weights{wanted}: opening it as it wants could run a "
        "program, so nothing of it was run and it is refused. Get the model's .safetensors files, "
        "or choose another model."
    )


def _tensors(file: Path, loaded: Any) -> dict[str, torch.Tensor]:
    if isinstance(loaded, Mapping):
        found = {str(n): v for n, v in loaded.items() if isinstance(v, torch.Tensor)}
        inner = next((loaded[name] for name in _WRAPPED_IN if name in loaded), None)
        if not found and isinstance(inner, Mapping):
            return _tensors(file, dict(inner))
        if found and not any(
            t.is_quantized or t.layout is not torch.strided for t in found.values()
        ):
            return found
    raise WorkbenchError(
        f"The file {file} holds no weights that can be read: get the model's .safetensors files."
    )


def _alone(tensor: torch.Tensor, seen: set[int]) -> torch.Tensor:
    """The tensor in memory of its own: what shares it, such as tied weights, is written twice."""
    storage = tensor.untyped_storage()
    shared = storage.nbytes() != tensor.nbytes or storage.data_ptr() in seen
    seen.add(storage.data_ptr())
    return tensor.detach().clone().contiguous() if shared else tensor.detach().contiguous()
