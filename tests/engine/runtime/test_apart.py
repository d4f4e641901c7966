"""Work done in a thread that ends with it."""

import threading

import pytest

from workbench.engine.runtime.apart import apart


def test_what_it_gives_and_what_it_raises() -> None:
    assert apart(lambda: 7) == 7
    assert apart(lambda: threading.current_thread().name) == "apart"
    with pytest.raises(ZeroDivisionError):
        apart(lambda: 1 / 0)
    assert "apart" not in [thread.name for thread in threading.enumerate()]
