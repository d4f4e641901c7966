"""Passwords of these tests cost no time."""

import pytest

from tests.helpers import accounts


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    accounts.make_quick(monkeypatch)
