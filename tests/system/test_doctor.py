"""The doctor: plain sentences about the machine, and their values."""

import dataclasses
import json

import pytest

from storage.database import Store
from workbench.core import confine
from workbench.models import bundled
from workbench.system import doctor, hardware


def _with(monkeypatch: pytest.MonkeyPatch, **values: object) -> None:
    machine = dataclasses.replace(hardware.hardware(), **values)  # type: ignore[arg-type]
    monkeypatch.setattr(doctor, "hardware", lambda: machine)


def _finding(store: Store, topic: str) -> doctor.Finding:
    return next(f for f in doctor.diagnose(store).findings if f.topic == topic)


def test_every_finding_is_a_sentence(store: Store) -> None:
    sentences, values = doctor.doctor(store)
    assert len(sentences) == 10
    assert all(sentence.endswith(".") for sentence in sentences)
    assert json.loads(json.dumps(values)) == values
    assert values["versions"]["torch"]
    assert values["models"].keys() == bundled.BUNDLED.keys()


@pytest.mark.parametrize(
    ("version", "said"),
    [(0, "cannot keep"), (3, "no other file of yours."), (4, "yours and no TCP connection.")],
)
def test_what_keeps_readers_in_their_place_is_told(
    store: Store, monkeypatch: pytest.MonkeyPatch, version: int, said: str
) -> None:
    monkeypatch.setattr(confine, "version", lambda: version)
    assert said in _finding(store, "Files").sentence


def test_little_disk_space_is_found(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _finding(store, "Disk").ok
    _with(monkeypatch, disk_free_gb=1.0)
    found = _finding(store, "Disk")
    assert not found.ok
    assert "Only 1 GB" in found.sentence


def test_little_memory_is_found(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    _with(monkeypatch, memory_gb=2.0)
    assert not _finding(store, "Memory").ok


def test_a_gpu_is_named(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    _with(monkeypatch, gpu_name="A10", gpu_memory_gb=24.0)
    assert _finding(store, "GPU").sentence == "A10 with 24 GB: training runs on it."


def test_a_missing_package_is_named(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "PACKAGES", ("streamlit", "no-such-package"))
    found = _finding(store, "Packages")
    assert not found.ok
    assert "Missing: no-such-package" in found.sentence


def test_a_missing_bundled_model_is_named(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundled, "shipped_path", lambda _: None)
    assert not _finding(store, "Models").ok


def test_isolation_is_told_where_it_is_asked_for(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "isolation" not in {finding.topic for finding in doctor.diagnose(store).findings}
    monkeypatch.setenv("WORKBENCH_ISOLATE", "bwrap")
    for reason, ok in (("", True), ("no permission", False)):
        monkeypatch.setattr(doctor.isolation, "why_not", lambda reason=reason: reason)
        found = _finding(store, "isolation")
        assert (found.ok, reason in found.sentence) == (ok, True)
    monkeypatch.setenv("WORKBENCH_ISOLATE", "chroot")
    assert not _finding(store, "isolation").ok


@pytest.mark.parametrize(("setting", "starts"), [("service", False), ("", True)])
def test_a_worker_that_is_a_service_is_not_said_to_start_by_itself(
    store: Store, monkeypatch: pytest.MonkeyPatch, setting: str, starts: bool
) -> None:
    monkeypatch.setenv("WORKBENCH_WORKER", setting)
    found = next(one for one in doctor.diagnose(store).findings if one.topic == "Worker")
    assert found.ok is starts
    assert ("starts with the app" in found.sentence) is starts
    assert ("has to start it" in found.sentence) is not starts
