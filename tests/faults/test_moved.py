"""A company's installation on PostgreSQL, restored on a laptop with SQLite, and back: by the command line.

A model is really trained, and the same texts are answered by it in each place, sureness and all.
"""

import contextlib
import csv
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.fakes import postgres
from tests.faults.real import CHECKOUT, TINY
from tests.helpers.accounts import PASSWORD, email

MODEL = "all-MiniLM-L6-v2"
TEXTS = ["The parcel has not arrived", "You billed me twice", "How do I reset my password?"]
ABOUT = {
    "Delivery": ("parcel", "courier", "shipment", "delivery"),
    "Billing": ("invoice", "bill", "payment", "refund"),
    "Access": ("password", "login", "account", "username"),
}
SAID = (
    "Where is my {}?", "There is something wrong with the {}", "Please check the {} for me",
    "I have waited a week for my {}", "Why did the {} change?",
)  # fmt: skip


@dataclass
class Place:
    """An installation: a home, and its database if that is elsewhere."""

    home: Path
    database_url: str = ""
    person: str = ""
    """For whom commands act."""
    environment: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("WORKBENCH_")}
        self.environment = {**kept, **TINY, "WORKBENCH_HOME": str(self.home)}
        self.environment["WORKBENCH_WORKER"] = "service"
        if self.database_url:
            self.environment["WORKBENCH_DATABASE_URL"] = self.database_url

    def run(self, *words: str, sends: str = "") -> dict[str, Any]:
        """A command's JSON."""
        named = ["--as", self.person] if self.person else []
        done = subprocess.run(
            [sys.executable, "-m", "workbench", *named, *words, "--json"],
            cwd=CHECKOUT, env=self.environment, input=sends, capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 0, (words, done.stderr)
        found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return found

    @contextlib.contextmanager
    def at_work(self) -> Iterator[None]:
        """With its worker."""
        worker = subprocess.Popen(
            [sys.executable, "-m", "workbench.jobs.worker"],
            cwd=CHECKOUT, env=self.environment, start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            yield
        finally:
            os.killpg(worker.pid, signal.SIGKILL)
            worker.wait()

    def answers(self, folder: Path, run_id: int) -> list[list[str]]:
        """What its model says of the texts, and how sure it is."""
        asked, out = folder / "asked.csv", folder / "answered.csv"
        _write(asked, [["text"], *([text] for text in TEXTS)])
        out.unlink(missing_ok=True)
        with self.at_work():
            self.run("predict", "--run", str(run_id), "--file", str(asked), "--out", str(out))
        with out.open(encoding="utf-8-sig", newline="") as handle:
            return list(csv.reader(handle))


def _write(path: Path, rows: list[list[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle).writerows(rows)
    return path


def _examples(path: Path) -> Path:
    """Five dozen rows of three categories."""
    rows = [
        [said.format(thing), category]
        for category, things in ABOUT.items()
        for thing in things
        for said in SAID
    ]
    return _write(path, [["text", "category"], *rows])


@pytest.fixture(scope="module")
def server() -> Iterator[postgres.Server]:
    """A PostgreSQL server for both installations of the company."""
    bin = postgres.binaries()
    if bin is None:
        pytest.skip("PostgreSQL is not installed here (Debian: apt-get install postgresql)")
    with postgres.running(bin) as found:
        yield found


def _settle(company: Place) -> None:
    """Its first administrator."""
    named = ("--email", email("Ada"), "--name", "Ada", "--administrator", "--password-stdin")
    company.run("accounts", "add", *named, sends=f"{PASSWORD}\n")
    company.person = email("Ada")


@pytest.mark.release
@pytest.mark.timeout(1800)
def test_from_the_company_to_a_laptop_and_back(server: postgres.Server, tmp_path: Path) -> None:
    with server.database("company") as first, server.database("company_2") as second:
        company = Place(tmp_path / "company", first)
        _settle(company)
        made = company.run(
            "import", str(_examples(tmp_path / "mails.csv")), "--project", "Mails",
            "--task", "classification", "--name", "Mails",
        )  # fmt: skip
        with company.at_work():
            trained = company.run(
                "train", "--dataset", str(made["dataset_id"]), "--base", MODEL,
                "--set", "max_steps=6", "--wait",
            )  # fmt: skip
        said = company.answers(tmp_path, trained["run_id"])
        assert len(said) == len(TEXTS) + 1
        assert {category for row in said[1:] for category in row} & set(ABOUT)
        taken = company.run("backup", str(tmp_path / "company.zip"))
        assert taken["rows"]["persons"] == 1

        laptop = Place(tmp_path / "laptop")
        there = laptop.run("restore", str(tmp_path / "company.zip"), "--without-accounts")
        assert there["people"] == 0
        assert (laptop.home / "workbench.db").is_file()
        assert laptop.answers(tmp_path, trained["run_id"]) == said
        laptop.run(
            "import", str(_examples(tmp_path / "more.csv")), "--project", "Mails",
            "--task", "classification", "--name", "Made on the laptop",
        )  # fmt: skip
        back = laptop.run("backup", str(tmp_path / "laptop.zip"))
        assert back["rows"]["persons"] == 0

        again = Place(tmp_path / "company-2", second)
        again.run("restore", str(tmp_path / "laptop.zip"))
        assert not (again.home / "workbench.db").exists()
        _settle(again)
        assert again.answers(tmp_path, trained["run_id"]) == said
        assert back["rows"]["datasets"] == taken["rows"]["datasets"] + 1
        kept = again.run("backup", str(tmp_path / "company-2.zip"))
        expected = {**back["rows"], **{k: kept["rows"][k] for k in ("persons", "memberships")}}
        grown = {"audit", "jobs", "job_attempts", "drafts", "download_tickets", "base_models"}
        assert {k: v for k, v in kept["rows"].items() if k not in grown} == {
            k: v for k, v in expected.items() if k not in grown
        }
        assert kept["rows"]["persons"] == 1
