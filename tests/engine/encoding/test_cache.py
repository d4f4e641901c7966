"""Encoded examples are made once, whole, and by one process at a time."""

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from workbench.engine.encoding import cache

KEY = "a" * 64


class Maker:
    """Writes one file, and counts how often it was asked to."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, folder: Path) -> cache.Facts:
        self.times += 1
        (folder / "train.arrow").write_text(f"made {self.times}")
        return {"rows": self.times}


@pytest.fixture
def make() -> Maker:
    return Maker()


def nothing() -> None:
    """Nobody asks to leave."""


def kept(folder: Path, make: cache.Make, check: Callable[[], None] = nothing) -> Path:
    return cache.kept(folder, KEY, make, check)


def test_what_is_there_is_not_made_again(tmp_path: Path, make: Maker) -> None:
    found = kept(tmp_path, make)
    assert kept(tmp_path, make) == found == tmp_path / KEY
    assert (make.times, cache.facts_of(found)) == (1, {"rows": 1})


@pytest.mark.parametrize(
    "harm",
    [
        lambda entry: (entry / "train.arrow").write_text("made X"),
        lambda entry: (entry / "train.arrow").unlink(),
        lambda entry: (entry / cache.FACTS).unlink(),
        lambda entry: (entry / cache.FACTS).write_text("[]"),
        lambda entry: (entry / cache.FACTS).write_text('{"files": {"train.ar'),
    ],
)
def test_what_is_damaged_is_made_again(
    tmp_path: Path, make: Maker, harm: Callable[[Path], object]
) -> None:
    harm(kept(tmp_path, make))
    assert (kept(tmp_path, make) / "train.arrow").read_text() == "made 2"
    assert cache.is_whole(tmp_path / KEY)


def test_what_fails_leaves_nothing(tmp_path: Path, make: Maker) -> None:
    def fails(folder: Path) -> cache.Facts:
        make(folder)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        kept(tmp_path, fails)
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == []
    kept(tmp_path, make)
    assert cache.facts_of(tmp_path / KEY) == {"rows": 2}


def test_another_training_waits_for_the_one_that_makes_it(
    tmp_path: Path, make: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (tmp_path / f"{KEY}.making").open("a") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        naps: list[float] = []

        def ready(seconds: float) -> None:
            naps.append(seconds)
            if len(naps) == 2:
                cache._make_whole(tmp_path / KEY, make)

        monkeypatch.setattr(cache.time, "sleep", ready)
        kept(tmp_path, lambda _: pytest.fail("made twice"))
    assert (len(naps), make.times) == (2, 1)


def test_who_waits_can_be_stopped(tmp_path: Path, make: Maker) -> None:
    def stop() -> None:
        raise InterruptedError

    with (tmp_path / f"{KEY}.making").open("a") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(InterruptedError):
            kept(tmp_path, make, stop)
    assert make.times == 0


def test_an_entry_is_held_by_who_uses_it_and_as_old_as_its_last_use(
    tmp_path: Path, make: Maker
) -> None:
    lock = tmp_path / f"{KEY}.lock"
    kept(tmp_path, make)
    os.utime(lock, (0, 0))
    kept(tmp_path, make)
    assert lock.stat().st_mtime > 1e9
    with lock.open() as handle, pytest.raises(BlockingIOError):
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_the_key_changes_with_all_that_shapes_an_example(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = cache.key_of({"longest": 96})
    assert one == cache.key_of({"longest": 96}) != cache.key_of({"longest": 95})
    monkeypatch.setattr(cache, "_code", lambda: {"engine/rows.py": "other"})
    assert one != cache.key_of({"longest": 96})


def test_a_models_files_count_but_for_its_weights(tmp_path: Path) -> None:
    for name in ("tokenizer.json", "model.safetensors"):
        (tmp_path / name).write_text(name)
    before = cache.files_of(tmp_path)
    (tmp_path / "model.safetensors").write_text("other")
    assert cache.files_of(tmp_path) == before
    (tmp_path / "tokenizer.json").write_text("other")
    assert cache.files_of(tmp_path) != before
