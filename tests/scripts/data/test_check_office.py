"""The check with LibreOffice: what it calls a fault, and what it says where there is none."""

import importlib.util
import shutil
from pathlib import Path
from types import ModuleType

import pyarrow as pa
import pytest

from workbench.data.answered.columns import Written
from workbench.data.readers import XLSX, ReadOptions, Table

SCRIPT = Path(__file__).resolve().parents[3] / "scripts" / "data" / "check_office.py"


@pytest.fixture
def office() -> ModuleType:
    spec = importlib.util.spec_from_file_location("check_office", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_without_libreoffice_it_says_so(
    office: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert office.main([]) == 0
    assert "nothing was checked" in capsys.readouterr().out


BEFORE = {"A": [["text"], ["x"], ["y"]], "B": [["1"]]}
RIGHT = {
    "A": [["text", "Answer"], ["x", "about 2 & <more>"], ["y", "about 3 & <more>"]],
    "B": [["1"]],
}


@pytest.mark.parametrize(
    ("after", "fault"),
    [
        (RIGHT, ""),
        ({"A": RIGHT["A"]}, "sheets ['A', 'B'] became ['A']"),
        ({**RIGHT, "B": [["2"]]}, "sheet 'B' has other cells"),
        ({**RIGHT, "A": [["text"], ["z", "about 2 & <more>"], ["y"]]}, "sheet 'A' has other cells"),
        ({**RIGHT, "A": [["text", "Answer"], ["x", "no"], ["y", "no"]]}, "answers are missing"),
    ],
)
def test_faults(office: ModuleType, after: dict[str, list[list[str]]], fault: str) -> None:
    table = Table("b", pa.table({"text": ["x", "y"]}), pa.array([2, 3], pa.int64()), XLSX)
    written = Written(("Answer",), "B", 2, ReadOptions())
    found = list(office._faults(BEFORE, after, table, written))
    assert (found[0] if found else "").startswith(fault)
    assert bool(found) == bool(fault)
