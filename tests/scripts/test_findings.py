"""The script that prints findings for somebody to judge."""

import sys
from pathlib import Path

import pytest


def test_without_real_sets_there_is_nothing_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import findings

    monkeypatch.setattr(sys, "argv", ["findings.py", str(tmp_path / "nowhere")])

    assert findings.main() == 0
    assert "name one that holds data sets" in capsys.readouterr().out
