"""The models that come with the install, as the pages see them."""

import json
import struct
import sys
from pathlib import Path

import pytest

from workbench.models import bundled
from workbench.models.bundled import (
    BUNDLED,
    bundled_path,
    machine_facts,
    shared_folder,
    shipped_path,
)


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    return tmp_path / "share" / "slm-workbench"


def test_facts_of_the_machine_are_absent_until_it_is_measured(elsewhere: Path) -> None:
    assert machine_facts() is None
    elsewhere.mkdir(parents=True)
    (elsewhere / "machine.json").write_text('{"dtype": "bfloat16"}')
    assert machine_facts() == {"dtype": "bfloat16"}
    (elsewhere / "machine.json").write_text("[torn")
    assert machine_facts() is None


def test_the_writing_model_is_looked_for_with_the_environment(elsewhere: Path) -> None:
    path = bundled_path("SmolLM2-135M-Instruct")
    assert path == shared_folder() / "models" / "SmolLM2-135M-Instruct"
    assert path.is_relative_to(elsewhere)
    assert not bundled.is_ready("SmolLM2-135M-Instruct")


def test_the_encoder_is_used_where_it_was_installed() -> None:
    shipped = shipped_path("all-MiniLM-L6-v2")
    if shipped is None:
        pytest.skip("the bundled models are not installed (make setup)")
    assert bundled_path("all-MiniLM-L6-v2") == shipped.parent
    assert bundled.is_ready("all-MiniLM-L6-v2")
    header = weights_header(shipped)
    sizes = [numbers(entry["shape"]) for entry in header.values() if entry["dtype"] == "F32"]
    assert sum(sizes) == BUNDLED["all-MiniLM-L6-v2"].parameters


def test_a_missing_package_is_no_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundled.importlib.util, "find_spec", lambda name: None)
    assert shipped_path("all-MiniLM-L6-v2") is None
    assert not bundled.is_ready("all-MiniLM-L6-v2")


def weights_header(path: Path) -> dict[str, dict[str, object]]:
    with path.open("rb") as handle:
        (length,) = struct.unpack("<Q", handle.read(8))
        header = json.loads(handle.read(length))
    return {name: entry for name, entry in header.items() if name != "__metadata__"}


def numbers(shape: object) -> int:
    assert isinstance(shape, list)
    product = 1
    for size in shape:
        product *= size
    return product
