"""Page tests run without a worker."""

from collections.abc import Iterator

import pytest
import streamlit as st


@pytest.fixture(autouse=True)
def _no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_WORKER", "service")


@pytest.fixture
def nothing_remembered() -> Iterator[None]:
    """Every test has a job with the number 1, whose table a page remembers by that number."""
    st.cache_data.clear()
    yield
    st.cache_data.clear()
