"""Loads what training needs, sooner: without torch's compiler and without looking for garbage."""

import contextlib
import gc
import sys
from collections.abc import Iterator
from typing import Any

SELDOM = (100_000, 50, 1000)


@contextlib.contextmanager
def loading() -> Iterator[None]:
    """While libraries are loaded: their half a million objects stay.

    Python would look through them again and again for what can be thrown away, which takes 0.7 s
    of the start, and at every full look afterwards.
    """
    usual, known = gc.get_threshold(), len(sys.modules)
    gc.set_threshold(*SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        if len(sys.modules) > known:
            gc.freeze()


def load_bitsandbytes() -> None:
    """Load it, before peft does, with the functions that it would compile left as they are.

    They are stand-ins for processors and graphics cards without kernels of their own, which we do
    not run on; to load the compiler for them takes 0.8 s and 47 MB of every process.
    """
    import torch

    compiler = torch.compile
    torch.compile = _as_it_is  # type: ignore[assignment]
    try:
        import bitsandbytes  # noqa: F401
    finally:
        torch.compile = compiler


def _as_it_is(function: Any = None, **_options: Any) -> Any:
    return function or (lambda function: function)
