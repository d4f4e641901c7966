"""Files that web processes share: there for each of them, until nobody asks any more."""

import os
import time
from pathlib import Path

import pytest

from workbench.system.shared_files import KEPT_S, SharedFiles

NAME = "0123456789abcdef"


def test_what_one_process_keeps_another_gives(home: Path) -> None:
    one, other = SharedFiles("given"), SharedFiles("given")
    one.announce(NAME)
    assert other.is_announced(NAME)
    assert other.get(NAME) is None
    one.put(NAME, b"a\nb\n", name="mails.csv")
    found = other.get(NAME)
    assert found
    assert (found.about, found.content) == ({"name": "mails.csv"}, b"a\nb\n")
    other.remove(NAME)
    assert one.get(NAME) is None
    assert not one.touch(NAME)


@pytest.mark.parametrize("name", ["", "../../workbench.db", "0123456789abcde/", "x" * 200])
def test_a_name_leads_nowhere_else(home: Path, name: str) -> None:
    files = SharedFiles("given")
    assert not files.is_announced(name)
    assert files.get(name) is None
    files.remove(name)


def test_what_nobody_asks_for_goes_after_a_day(home: Path) -> None:
    SharedFiles("given").put(NAME, b"x", name="x")
    SharedFiles("given").put(NAME + "1", b"y", name="y")
    for path in (home / "shared" / "given").iterdir():
        os.utime(path, (0, time.time() - KEPT_S - 9))
    assert SharedFiles("given").touch(NAME)
    SharedFiles("given").announce(NAME + "2")
    assert sorted(path.name for path in (home / "shared" / "given").iterdir()) == [
        NAME,
        NAME + "2",
    ]
