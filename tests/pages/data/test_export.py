"""Versions as files, on the Data page: at once, or made by a job."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from storage.database import Store
from tests.helpers.conversion_jobs import worked_off
from tests.pages.opened import open_page, texts
from workbench.data import datasets, exports
from workbench.data.versions import VersionInfo
from workbench.jobs import queue
from workbench.projects import projects

PAGE = "pages/data/data.py"


@pytest.fixture
def version(store: Store, tmp_path: Path) -> VersionInfo:
    path = tmp_path / "mails.csv"
    path.write_text("text,label\n" + "".join(f"mail {i},kind {i % 3}\n" for i in range(60)))
    project_id = projects.create_project(store, "Mails")
    saved = datasets.save_version(store, project_id=project_id, path=path)
    return datasets.get_version(store, saved.version_id)


def _opened(version: VersionInfo) -> AppTest:
    at = open_page(PAGE, project=version.project_id)
    assert not at.get("download_button")
    return at.button(key=f"export-{version.id}").click().run()


def test_a_small_version_is_offered_in_every_format(version: VersionInfo) -> None:
    at = _opened(version)

    radio = at.radio(key=f"export-kind-{version.id}")
    assert radio.options == [
        "CSV", "Excel (XLSX)", "JSON lines", "Parquet", "Hugging Face datasets (ZIP)",
        "Push to the Hugging Face hub",
    ]  # fmt: skip
    (button,) = at.get("download_button")
    assert (button.proto.label, button.proto.disabled) == ("Download", False)
    assert "gets an apostrophe" in texts(at)
    radio.set_value("jsonl").run()
    assert "training tools expect" in texts(at)
    at.button(key=f"export-{version.id}").click().run()
    assert not at.get("download_button")


def test_a_large_version_is_made_by_a_job_and_then_streams(
    store: Store, version: VersionInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "AT_ONCE_ROWS", 10)
    at = _opened(version)
    assert not at.get("download_button")

    at.button(key=f"make-{version.id}").click().run()
    (job,) = queue.list_jobs(store)
    assert job.title == "Export of mails, version 1, as CSV"
    assert at.button(key=f"job-cancel-{job.id}")
    worked_off(store, job.id)
    at.run()

    (link,) = at.get("link_button")
    assert link.proto.label.startswith("Download mails v1.csv (")
    assert "/download/" in link.proto.url


def test_why_there_is_no_workbook_stands_there(
    version: VersionInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workbench.data.export.write.MAX_ROWS", 60)
    at = _opened(version)

    at.radio(key=f"export-kind-{version.id}").set_value("xlsx").run()

    assert "a sheet holds 59" in at.info[0].value
    assert not at.get("download_button")
