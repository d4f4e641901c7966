"""Encoded examples in the home: how old they are, and who may take them away."""

import fcntl
import os
import time
from pathlib import Path

import pytest

from storage import cache, files, sweep
from storage.database import Store

KEY, OTHER = "a" * 64, "b" * 64


def entry(key: str, unused_s: float = 0.0) -> Path:
    """A whole one of 7 bytes."""
    folder = cache.folder() / key
    folder.mkdir(parents=True)
    (folder / "train.arrow").write_bytes(b"encoded")
    lock = cache.folder() / f"{key}.lock"
    lock.touch()
    os.utime(lock, (time.time() - unused_s,) * 2)
    return folder


def names() -> list[str]:
    return sorted(path.name for path in cache.folder().iterdir())


def test_an_entry_is_its_folder_and_its_lock(home: Path) -> None:
    entry(KEY, 100)
    entry(OTHER)
    found = {one.lock.stem: one for one in cache.entries()}
    assert set(found) == {KEY, OTHER}
    assert {path.name for path in found[KEY].paths} == {KEY, f"{KEY}.lock"}
    assert found[KEY].is_whole
    assert 100 <= found[KEY].unused_s < 200


def test_no_cache_is_no_entries(home: Path) -> None:
    assert list(cache.entries()) == []


def test_what_somebody_uses_stays(home: Path) -> None:
    entry(KEY)
    (found,) = cache.entries()
    with found.lock.open() as handle:
        fcntl.flock(handle, fcntl.LOCK_SH)
        assert not found.is_free
        assert cache.remove(found) == 0
        assert (cache.folder() / KEY / "train.arrow").exists()
    assert found.is_free
    assert cache.remove(found) == 7
    assert names() == []


@pytest.mark.parametrize(("days", "stays"), [(29, True), (31, False)])
def test_what_nobody_used_for_a_month_goes(store: Store, days: int, stays: bool) -> None:
    entry(KEY, days * sweep.DAY_S)
    sweep.sweep(store)
    assert names() == ([KEY, f"{KEY}.lock"] if stays else [])


def test_what_is_old_and_in_use_stays(store: Store) -> None:
    entry(KEY, 40 * sweep.DAY_S)
    with (cache.folder() / f"{KEY}.lock").open() as handle:
        fcntl.flock(handle, fcntl.LOCK_SH)
        assert sweep.sweep(store) == 0


def test_what_was_not_written_to_its_end_goes_once_its_writer_is_gone(store: Store) -> None:
    part = cache.folder() / f".{KEY}-x1"
    part.mkdir(parents=True)
    (part / "train.arrow").write_bytes(b"enc")
    lock = cache.folder() / f"{KEY}.lock"
    lock.touch()
    os.utime(lock, (time.time() - 2 * sweep.HOUR_S,) * 2)
    with lock.open() as handle:
        fcntl.flock(handle, fcntl.LOCK_SH)
        assert sweep.sweep(store) == 0
    assert sweep.sweep(store) == 3
    assert names() == []
    assert files.home().is_dir()
