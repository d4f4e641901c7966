"""Exports as a service: planned, made by a job, listed, copied, thrown away."""

import json
from pathlib import Path
from typing import Any

import pytest

from storage import files
from storage.database import Store
from storage.tables import Job
from tests.helpers.exams import Trained, add_trained
from tests.helpers.made import end_job
from workbench.core.errors import WorkbenchError
from workbench.core.tasks import CLASSIFICATION, MULTI_LABEL
from workbench.jobs.process.specs import CertifySpec, ExportModelSpec
from workbench.models.exports.certificate import Certificate, Way
from workbench.models.trained import TrainedModel, write_trained
from workbench.system import disk_use
from workbench.use.exports import exports

CERTIFICATE = Certificate(
    run_id=1,
    model="Run 1",
    format="gguf",
    ways=(Way(name="export", read_by="llama.cpp", questions=20, same=19),),
    verdict="It answers as well as the trained model.",
)


@pytest.fixture
def trained(store: Store, tmp_path: Path) -> Trained:
    return with_model(store, tmp_path)


def with_model(store: Store, folder: Path, kind: str = "causal", **facts: Any) -> Trained:
    """A run whose model says what it is."""
    made = add_trained(store, folder, kind=kind)
    adapter = folder / "adapter of Run 1"
    with store.read() as session:
        spec = next(job.spec for job in session.query(Job) if job.run_id == made.run_id)
    base = ExportModelSpec.from_dict(
        {**spec, "format": "", "name": "", "adapter": str(adapter)}
    ).base
    told = {"task": CLASSIFICATION.name, "labels": ("a", "b"), **facts}
    about = TrainedModel(family=kind, base=base, **told)
    write_trained(adapter, about)
    return made


def made(store: Store, trained: Trained, name: str = "gguf", quantization: str = "") -> int:
    """An export whose job has ended well."""
    job = exports.start(store, exports.plan(store, trained.run_id, name, quantization))
    folder = files.job_folder(job.id) / "export"
    folder.mkdir(parents=True)
    (folder / "run-1.gguf").write_bytes(b"g" * 300)
    (folder / "Modelfile").write_text("FROM ./run-1.gguf")
    end_job(store, job.id, certificate=CERTIFICATE.as_dict())
    return job.id


def spec_of(store: Store, job_id: int) -> ExportModelSpec:
    with store.read() as session:
        return ExportModelSpec.from_dict(session.get_one(Job, job_id).spec)


def test_a_job_is_told_all_that_it_needs(store: Store, trained: Trained) -> None:
    wanted = exports.plan(store, trained.run_id, "gguf")
    job = exports.start(store, wanted, "# Card")
    spec = spec_of(store, job.id)
    assert (spec.format, spec.quantization, spec.name, spec.card) == (
        "gguf", "q8_0", "run-1", "# Card",
    )  # fmt: skip
    assert spec.data.is_file()
    assert spec.adapter.is_dir()
    assert job.title == "Export of Run 1 as gguf q8_0"
    assert job.can_be_paused


def test_the_same_is_not_begun_twice_while_it_waits(store: Store, trained: Trained) -> None:
    first = exports.start(store, exports.plan(store, trained.run_id, "gguf"))
    again = exports.start(store, exports.plan(store, trained.run_id, "gguf"))
    other = exports.start(store, exports.plan(store, trained.run_id, "gguf", "f16"))
    assert first.id == again.id != other.id


def test_a_later_job_finds_what_earlier_ones_were_answered(store: Store, trained: Trained) -> None:
    job_id = made(store, trained)
    later = exports.start(store, exports.plan(store, trained.run_id, "merged"))
    assert spec_of(store, later.id).earlier == (files.job_folder(job_id),)


def test_exports_are_listed_with_certificate_and_files(store: Store, trained: Trained) -> None:
    job_id = made(store, trained)
    (found,) = exports.list_exports(store, trained.project_id)
    assert (found.job.id, found.form.name, found.quantization) == (job_id, "gguf", "q8_0")
    assert found.certificate == CERTIFICATE
    assert [file.name for file in found.files] == ["run-1.gguf", "Modelfile"]
    assert found.size_bytes == 300 + len("FROM ./run-1.gguf")
    assert exports.list_exports(store, trained.project_id, run_id=99) == []


def test_one_that_did_not_pass_has_its_certificate_and_no_files(
    store: Store, trained: Trained
) -> None:
    job = exports.start(store, exports.plan(store, trained.run_id, "gguf"))
    told = {**CERTIFICATE.as_dict(), "passed": False}
    end_job(store, job.id, "failed", certificate=told)
    found = exports.get_export(store, job.id)
    assert found.certificate is not None
    assert not found.certificate.passed
    assert not found.is_there
    with pytest.raises(WorkbenchError, match="make it again"):
        _ = found.main_file


def test_it_is_copied_as_a_file_or_into_a_folder(
    store: Store, trained: Trained, tmp_path: Path
) -> None:
    export = exports.get_export(store, made(store, trained))
    target = tmp_path / "out"
    target.mkdir()
    assert exports.save(export, target) == [target / "run-1.gguf", target / "Modelfile"]
    named = exports.save(export, target / "mine.gguf")
    assert named[0].read_bytes() == b"g" * 300
    assert (target / "mine.gguf").is_file()
    with pytest.raises(WorkbenchError, match="make it first"):
        exports.save(export, tmp_path / "nowhere" / "x.gguf")


def test_a_deleted_export_is_gone_and_its_number_means_nothing(
    store: Store, trained: Trained
) -> None:
    job_id = made(store, trained)
    exports.delete(store, job_id)
    assert not files.job_folder(job_id).exists()
    assert exports.list_exports(store, trained.project_id) == []
    with pytest.raises(WorkbenchError, match="may have been deleted"):
        exports.get_export(store, job_id)


def test_no_other_job_is_deleted_as_an_export(store: Store, trained: Trained) -> None:
    job = exports.certify(store, trained.run_id)
    with pytest.raises(WorkbenchError, match="no export"):
        exports.delete(store, job.id)


def test_the_newest_check_of_a_run_is_found(store: Store, trained: Trained) -> None:
    assert exports.newest_certificate(store, trained.run_id) is None
    job = exports.certify(store, trained.run_id)
    assert job.kind == CertifySpec.kind
    end_job(store, job.id, certificate=CERTIFICATE.as_dict())
    assert exports.newest_certificate(store, trained.run_id) == CERTIFICATE
    newest = exports.newest_check(store, trained.run_id)
    assert newest is not None
    assert newest.id == job.id


def test_what_a_later_version_wrote_is_passed_over(store: Store, trained: Trained) -> None:
    job_id = made(store, trained)
    with store.write() as session:
        job = session.get_one(Job, job_id)
        job.result = json.loads(json.dumps({"certificate": {"run_id": "not a number"}}))
    assert exports.get_export(store, job_id).certificate is None


@pytest.mark.parametrize(
    ("kind", "names"),
    [("causal", ["gguf", "merged", "adapter", "zip"]), ("encoder", ["onnx", "zip"])],
)
def test_each_kind_of_model_has_its_choices(
    store: Store, tmp_path: Path, kind: str, names: list[str]
) -> None:
    trained = with_model(store, tmp_path, kind)
    assert [form.name for form, _ in exports.choices(store, trained.run_id)] == names


def test_one_that_writes_several_categories_leaves_as_others_do(
    store: Store, tmp_path: Path
) -> None:
    trained = with_model(store, tmp_path, task=MULTI_LABEL.name)
    for form, _ in exports.choices(store, trained.run_id):
        assert exports.plan(store, trained.run_id, form.name).form == form
    assert exports.certify(store, trained.run_id).run_id == trained.run_id


def test_a_full_disk_is_said_before_the_work(
    store: Store, trained: Trained, monkeypatch: pytest.MonkeyPatch
) -> None:
    import dataclasses

    wanted = dataclasses.replace(
        exports.plan(store, trained.run_id, "gguf"), needed_bytes=2**60, free_bytes=10
    )
    assert not wanted.fits
    with pytest.raises(WorkbenchError, match="free some space on the Storage page"):
        exports.start(store, wanted)


def test_a_run_without_a_model_is_refused(store: Store) -> None:
    with pytest.raises(WorkbenchError, match="no training run 7"):
        exports.plan(store, 7, "gguf")


def test_exports_are_counted_in_storage(store: Store, trained: Trained) -> None:
    made(store, trained)
    parts = {part.key: part.size_bytes for part in disk_use.measure(store).parts}
    assert parts["exports"] == 300 + len("FROM ./run-1.gguf")


def test_the_licence_is_said(store: Store, trained: Trained) -> None:
    assert "licence" in exports.licence_of(store, trained.run_id)
