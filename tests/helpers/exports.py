"""Tiny trained models, and jobs that export them."""

from pathlib import Path
from typing import Any

from tests.helpers import encoders, writers
from tests.helpers.engine_jobs import run
from workbench.jobs.process.job_dir import JobDir, read_json, write_json


def train_writer(folder: Path, base: Path, data: Path, **values: Any) -> JobDir:
    """A tiny model that writes, trained for a few steps."""
    recipe = writers.recipe(num_train_epochs=6)
    job = writers.write_job(folder / "train", base, data, **{"recipe": recipe, **values})
    assert run(job)["status"] == "succeeded"
    return job


def certify_job(folder: Path, trained: JobDir) -> JobDir:
    """A job that asks what a training has made in every way."""
    return _job(folder, trained, {"kind": "certify"})


def export_job(folder: Path, trained: JobDir, form: str, **values: Any) -> JobDir:
    """A job that exports what a training has made; it waits in `folder`."""
    return _job(
        folder, trained, {"kind": "export-model", "format": form, "name": "replies", **values}
    )


def _job(folder: Path, trained: JobDir, values: dict[str, Any]) -> JobDir:
    told = trained_spec(trained)
    job = JobDir(folder)
    folder.mkdir(parents=True, exist_ok=True)
    spec = {
        **{name: told[name] for name in ("task", "data", "system", "base", "recipe")},
        "job_id": 2, "attempt": 1, "run_id": 1, "adapter": str(trained.adapter),
        "title": "Replies", **values,
    }  # fmt: skip
    write_json(job.spec, spec)
    return job


def trained_spec(trained: JobDir) -> dict[str, Any]:
    """What a training was told."""
    found = read_json(trained.spec)
    assert isinstance(found, dict)
    return found


def train_sorter(folder: Path, base: Path, data: Path, **values: Any) -> JobDir:
    """A tiny encoder that sorts, trained for a few steps."""
    job = encoders.make_job(folder / "train", base, data, **values)
    assert run(job)["status"] == "succeeded"
    return job
