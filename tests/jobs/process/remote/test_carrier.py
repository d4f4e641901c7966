"""A machine of several that leaves: what it does about its share is nobody's business any more."""

import contextlib
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest

from tests.fakes.harness import until
from tests.fakes.ray_cluster import CARRIER
from workbench.jobs.process.facts.versions import versions_here
from workbench.jobs.process.remote import carrier
from workbench.jobs.process.remote.layout import AttemptFiles
from workbench.jobs.process.remote.machine import place_for
from workbench.jobs.process.remote.order import Order, send
from workbench.jobs.process.remote.rank import Rank
from workbench.jobs.process.remote.stores import store_at

TRAINER = [sys.executable, "-S", str(Path(CARRIER).with_name("trainer.py"))]


class _Stays(Exception):
    """It waits for the end of its process."""


def _stays(_carrier: carrier.Carrier) -> NoReturn:
    raise _Stays


@pytest.fixture
def terminated_as_before() -> Iterator[None]:
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.mark.usefixtures("terminated_as_before")
def test_who_leaves_does_not_tell_how_its_process_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "shared").mkdir()
    url = f"file://{tmp_path / 'shared'}"
    files = AttemptFiles(store_at(url), url, "home", 12, 1)
    spec = {"kind": "train", "job_id": 12, "attempt": 1, "fake": {"wait_for": "go"}}
    send(Order(spec, str(tmp_path / "job"), {}, {}, (), versions_here()), files)
    monkeypatch.setenv("WORKBENCH_SCRATCH", str(tmp_path / "scratch"))
    monkeypatch.setattr(carrier, "LOOK_S", 0.05)
    monkeypatch.setattr(carrier.Carrier, "_stay", _stays)
    ended: list[int] = []
    monkeypatch.setattr(carrier.os, "_exit", ended.append)
    place = place_for(files)
    own = carrier.Carrier(files, Order.from_dict(files.told("order")), place, Rank(0, 2, "head", 1))

    def leave() -> None:
        until(lambda: list(place.job.checkpoints.glob("*/manifest.json")))
        own._leave("The cluster has ended this attempt.")

    thread = threading.Thread(target=leave)
    thread.start()
    with contextlib.suppress(_Stays):
        own.run(TRAINER)
    thread.join()
    assert files.told("ended") is None
    assert ended == [carrier.GONE]
    assert not place.folder.exists()
