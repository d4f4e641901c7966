"""What whoever runs the workbench says of a cluster."""

from pathlib import Path

import pytest

from workbench.core.errors import WorkbenchError
from workbench.jobs.cluster import configured


@pytest.fixture
def named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "token").write_text("the token")
    monkeypatch.setenv("WORKBENCH_RAY_ADDRESS", "http://head:8265")
    monkeypatch.setenv("WORKBENCH_RAY_TOKEN_FILE", str(tmp_path / "token"))
    monkeypatch.setenv("WORKBENCH_RAY_FILES", str(tmp_path))
    monkeypatch.delenv("WORKBENCH_RAY_WORKERS", raising=False)


@pytest.mark.usefixtures("named")
def test_one_machine_does_a_training_unless_more_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    cluster = configured()
    assert cluster is not None
    assert cluster.workers == 1
    monkeypatch.setenv("WORKBENCH_RAY_WORKERS", " 4 ")
    cluster = configured()
    assert cluster is not None
    assert cluster.workers == 4


@pytest.mark.usefixtures("named")
@pytest.mark.parametrize("said", ["0", "1.5", "two", "-2", "nan"])
def test_how_many_learn_together_has_to_be_a_whole_number(
    monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    monkeypatch.setenv("WORKBENCH_RAY_WORKERS", said)
    with pytest.raises(WorkbenchError, match=r"WORKBENCH_RAY_WORKERS is '.*', but has to be a"):
        configured()
