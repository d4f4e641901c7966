"""One worker inside the test's own process, with the real launcher and a fake trainer."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.database import Store
from tests.fakes.harness import end_leftovers, new_worker
from workbench.jobs.worker import Worker


@pytest.fixture(autouse=True)
def _no_process_stays(home: Path) -> Iterator[None]:
    yield
    end_leftovers()


@pytest.fixture
def worker(store: Store) -> Worker:
    return new_worker(store)
