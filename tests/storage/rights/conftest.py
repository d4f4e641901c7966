"""An installation whose tables all have rows of two projects."""

import pytest

import workbench.jobs.kinds  # noqa: F401  (says which kinds of jobs are the installation's)
from storage.database import Store
from tests.helpers.people import (
    fill,
    settle,
)


@pytest.fixture
def full(store: Store) -> Store:
    settle(store)
    fill(store)
    return store
