"""An installation whose tables all have rows of two projects."""

import pytest

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
