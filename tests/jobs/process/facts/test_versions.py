"""What machines compare before one does a job of another."""

import importlib.metadata
import tomllib

import pytest

from workbench import VERSION
from workbench.core.paths import CHECKOUT
from workbench.jobs.process.facts import versions
from workbench.jobs.process.facts.versions import MISSING, SHAPING, refusal, versions_here


def test_the_version_is_the_one_of_the_project() -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]
    assert project["version"] == VERSION


def test_the_workbench_python_and_the_libraries_are_compared() -> None:
    here = versions_here()
    assert list(here)[:2] == ["the workbench", "Python"]
    assert set(SHAPING) < set(here)
    assert MISSING not in here.values()


def test_the_same_versions_are_no_reason_to_refuse() -> None:
    assert refusal("gpu-1", versions_here(), versions_here()) == ""


def test_a_build_for_another_kind_of_machine_is_the_same_version(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = versions_here()["torch"]
    monkeypatch.setattr(importlib.metadata, "version", lambda name: f"{before}+cu128")
    assert versions_here()["torch"] == before


def test_what_differs_is_named_with_both_versions() -> None:
    told = refusal("gpu-1", {"Python": "3.12", "torch": "2.9"}, {"Python": "3.11", "torch": "2.9"})
    assert told.startswith(
        "The machine gpu-1 of the cluster has Python 3.11 where this computer has Python 3.12, so "
    )
    assert "torch" not in told


def test_a_library_that_one_of_them_lacks_differs() -> None:
    assert "has no peft where this computer has peft 0.2" in refusal("m", {"peft": "0.2"}, {})
    assert "has peft 0.2 where this computer has no peft" in refusal("m", {}, {"peft": "0.2"})


def test_no_more_than_three_are_named() -> None:
    told = refusal("m", dict.fromkeys("abcde", "1"), dict.fromkeys("abcde", "2"))
    assert "has a 2, b 2 and c 2 where this computer has a 1, b 1 and c 1, so" in told


def test_a_changed_file_makes_another_program(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    digests = []
    for content in ("a = 1\n", "a = 2\n", "a = 1\n"):
        folder = tmp_path_factory.mktemp("checkout")
        (folder / "workbench").mkdir()
        (folder / "workbench" / "one.py").write_text(content)
        monkeypatch.setattr(versions, "CHECKOUT", folder)
        versions.program_digest.cache_clear()
        digests.append(versions.program_digest())
    versions.program_digest.cache_clear()
    assert digests[0] == digests[2] != digests[1]
