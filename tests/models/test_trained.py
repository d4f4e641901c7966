"""A trained model says what it is, as its file says it now."""

from pathlib import Path

import pytest

from workbench.core.errors import WorkbenchError
from workbench.jobs.process.specs import BaseModelRef
from workbench.models.trained import FACTS, TrainedModel, read_trained, write_trained


def _model(system: str) -> TrainedModel:
    base = BaseModelRef("tiny", Path("/models/tiny"), "causal", "")
    return TrainedModel(task="completion", family="causal", base=base, system=system)


def test_what_is_written_anew_is_read_anew(tmp_path: Path) -> None:
    for system in ("Be kind.", "Be fast."):
        write_trained(tmp_path, _model(system))
        assert read_trained(tmp_path).system == system
        assert read_trained(tmp_path).system == system


def test_what_is_gone_or_damaged_since_is_told(tmp_path: Path) -> None:
    write_trained(tmp_path, _model("Be kind."))
    read_trained(tmp_path)
    (tmp_path / FACTS).write_text('{"task": 1', "utf-8")
    with pytest.raises(WorkbenchError, match="damaged"):
        read_trained(tmp_path)
    (tmp_path / FACTS).unlink()
    with pytest.raises(WorkbenchError, match="missing"):
        read_trained(tmp_path)
