"""All cores for a tokenizer, where nothing else is at work."""

import contextlib
import os
from collections.abc import Iterator

SWITCH = "TOKENIZERS_PARALLELISM"


@contextlib.contextmanager
def all_cores() -> Iterator[None]:
    """Inside, a fast tokenizer that is given many texts shares them among the cores."""
    before = os.environ.get(SWITCH)
    os.environ[SWITCH] = "true"
    try:
        yield
    finally:
        if before is None:
            del os.environ[SWITCH]
        else:
            os.environ[SWITCH] = before
