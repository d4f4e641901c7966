"""bitsandbytes without torch's compiler."""

from typing import Any


def load_bitsandbytes() -> None:
    """Load it, before peft does, with the functions that it would compile left as they are.

    They are stand-ins for processors and graphics cards without kernels of their own, which we do
    not run on; to load the compiler for them takes 0.8 s and 47 MB of every process.
    """
    import torch

    compiler = torch.compile
    torch.compile = _as_it_is
    try:
        import bitsandbytes  # noqa: F401
    finally:
        torch.compile = compiler


def _as_it_is(function: Any = None, **_options: Any) -> Any:
    return function or (lambda function: function)
