"""Commands that are run here start no worker: what a job would do is put in its place."""

import pytest

from workbench.cli import output


@pytest.fixture(autouse=True)
def _no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output, "ensure_worker", lambda: None)
