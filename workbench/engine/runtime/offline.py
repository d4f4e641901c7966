"""Keeps what models do on this machine: nothing is fetched but what a download job asks for.

The libraries would otherwise ask the hub for missing parts of a model, for lists of their own, and,
where the package `kernels` is there, for compiled programs that a model's config.json names.
"""

import contextlib
import os
import sys
from collections.abc import Iterator

BARRED_BY_USER = any(
    os.environ.get(name, "").upper() in {"1", "ON", "YES", "TRUE"}
    for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE")
)
SWITCHES = {
    "HF_HUB_OFFLINE": "1",
    "HF_DATASETS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "USE_HUB_KERNELS": "NO",
    # What is compiled would be kept in a folder below /tmp, and run from there the next time.
    "TORCH_COMPILE_DISABLE": "1",
    # Weights are data: a pickle that asks for a program's function is refused.
    "TORCH_FORCE_WEIGHTS_ONLY_LOAD": "1",
}


def stay_offline() -> None:
    """Has to be called before transformers, torch and huggingface_hub are loaded."""
    os.environ.update(SWITCHES)
    if "kernels" not in sys.modules:
        sys.modules["kernels"] = None  # type: ignore[assignment]  # what cannot be imported


@contextlib.contextmanager
def hub_allowed() -> Iterator[None]:
    """While a download goes on, unless the user has barred the hub in the environment."""
    from huggingface_hub import constants

    before = constants.HF_HUB_OFFLINE
    constants.HF_HUB_OFFLINE = BARRED_BY_USER
    try:
        yield
    finally:
        constants.HF_HUB_OFFLINE = before
