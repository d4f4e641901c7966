"""The checkup as a job, from a saved version to its files, with the bundled encoder."""

from pathlib import Path

import pytest

from storage import files
from storage.database import Store
from tests.helpers.checkup_jobs import checked, prepared, saved
from tests.helpers.encoders import SENTENCES, SUBJECTS
from workbench.data import changes, checkups, versions
from workbench.data.checkup import record
from workbench.data.checkups import Fix
from workbench.data.splits.split_by import SplitBy
from workbench.data.versions import VersionInfo
from workbench.engine.kinds import HANDLERS
from workbench.engine.runtime.quiet import quiet
from workbench.jobs.process.job_dir import read_json
from workbench.jobs.process.report import Report
from workbench.jobs.process.shell import run
from workbench.models.bundled import READER, shipped_path

pytestmark = pytest.mark.skipif(
    shipped_path(READER) is None,
    reason="the bundled models are not installed (make setup)",
)
CATEGORIES = ("Delivery", "Payment", "Account")


def test_a_checkup_can_be_stopped_and_leaves_nothing_half_done(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = [f'"{text}",{category}' for text, category in mails()]
    version = saved(store, written(tmp_path / "mails.csv", "text,category", table))
    job_id, folder = prepared(store, version)

    def stopped(self: Report, name: str, message: str) -> None:
        if name == "embedding":
            self._stop.cancel()

    monkeypatch.setattr(Report, "phase", stopped)
    assert run(folder.path, HANDLERS, quiet=quiet) == 0
    result = read_json(folder.result)
    assert result is not None
    assert result["status"] == "cancelled"
    assert not (files.job_folder(job_id) / record.SUMMARY).exists()


def written(path: Path, header: str, rows: list[str]) -> Path:
    path.write_text("\n".join([header, *rows]) + "\n", "utf-8")
    return path


def mails() -> list[tuple[str, str]]:
    """Sixty texts of three categories that an encoder tells apart."""
    return [
        (f"{sentence.format(subject)}, {polite}", category)
        for sentence in SENTENCES
        for subject, category in zip(SUBJECTS, CATEGORIES, strict=True)
        for polite in ("please help", "thank you")
    ]


def test_what_was_planted_is_found_mended_and_gone(store: Store, tmp_path: Path) -> None:
    rows = mails()
    wrong = rows.index(("where is my parcel, please help", "Delivery"))
    rows[wrong] = (rows[wrong][0], "Payment")
    rows.append(("I never got the password mail, write to jo@firm.example", "Account"))
    table = [f'"{text}",{category}' for text, category in rows]
    table += ['"the invoice is missing",', '"my parcel is late",']
    version = saved(store, written(tmp_path / "mails.csv", "text,category", table))
    job_id = checked(store, version)
    checkup = checkups.read(store, job_id)
    found = {finding.kind: finding for finding in checkup.findings}
    assert checkup.score < 100
    assert checkup.facts["rows"] == checkup.facts["embedded"] == len(rows)

    flagged_rows = record.flagged_rows(files.job_folder(job_id), "labels").to_pylist()
    assert {"row_id": wrong + 2, "after": "Delivery"}.items() <= flagged_rows[0].items()
    made = checkups.apply(store, Fix(version.id, job_id, found["personal"], record.CHANGE))
    assert isinstance(made, VersionInfo)
    texts = versions.rows_by_id(made, [len(rows) + 1])["text"].to_pylist()
    assert texts == ["I never got the password mail, write to [EMAIL_1]"]

    unsorted = checkups.unlabelled_of(store, job_id)
    assert unsorted is not None
    suggested = {row["text"]: row["labels"][0] for row in unsorted.to_pylist()}
    assert suggested == {"the invoice is missing": "Payment", "my parcel is late": "Delivery"}
    places = checkups.map_of(store, job_id)
    assert places is not None
    assert places.num_rows == len(rows)
    assert "password" in checkup.facts["words"]["Account"]


@pytest.mark.release
def test_a_leak_by_customer_is_told_and_the_fix_ends_it(store: Store, tmp_path: Path) -> None:
    lines = []
    for customer in range(40):
        category = CATEGORIES[customer % 3]
        word = f"{SUBJECTS[customer % 3]} thing{customer} item{customer * 7}"
        for sentence in SENTENCES[:4]:
            lines.append(f'"{sentence.format(word)}",{category},C-{1000 + customer}')
    path = written(tmp_path / "mails.csv", "text,category,customer", lines)
    version = saved(store, path, mapping={"text": "text", "label": "category"})
    job_id = checked(store, version)
    checkup = checkups.read(store, job_id)
    leak = next(finding for finding in checkup.findings if finding.kind == "split")
    assert "customer" in leak.title
    assert checkup.facts["split"]["by"] == {"kind": "group", "column": "customer"}

    made = checkups.apply(store, Fix(version.id, job_id, leak, record.CHANGE))
    assert isinstance(made, VersionInfo)
    sides: dict[int, set[str]] = {}
    for row in changes.data_of(made).to_pylist():
        sides.setdefault((row["row_id"] - 2) // 4, set()).add(row["split"])
    assert len(sides) == 40
    assert all(len(split) == 1 for split in sides.values())
    assert changes.plan_of(made).split_by == SplitBy("group", "customer")
    again = checkups.read(store, checked(store, made))
    assert "split" not in {finding.kind for finding in again.findings}
