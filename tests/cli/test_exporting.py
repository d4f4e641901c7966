"""`export`: to a file, or to a hub on this machine; what leaves is said, and asked at a terminal."""

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.database import Store
from storage.tables import Job
from tests.fakes.hub import FakeHub, hub_here
from workbench.cli import exporting, main
from workbench.jobs.job import JobView, get_job
from workbench.jobs.process.specs import PushSpec
from workbench.models.online import token

NAME = "ann/letters"


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, store: Store, tmp_path: Path) -> Iterator[FakeHub]:
    path = tmp_path / "letters.csv"
    path.write_text("text,label\n" + "".join(f"letter {i},kind {i % 3}\n" for i in range(40)))
    assert main(["import", str(path), "--project", "Letters"]) == 0
    with hub_here(monkeypatch) as hub:
        hub.tokens["hf_that_may_write_1234"] = "ann"
        token.keep(store, "hf_that_may_write_1234")
        monkeypatch.setattr(exporting, "working_store", lambda: store)
        monkeypatch.setattr(exporting, "finished", _done)
        yield hub


def _done(store: Store, job_id: int) -> JobView:
    """As the worker leaves it."""
    with store.write() as session:
        job = session.get_one(Job, job_id)
        job.status = "succeeded"
        job.result = {"url": "https://hub.example/x", "rows": job.spec["rows"], "revision": "1"}
    return get_job(store, job_id)


def _order(*more: str) -> list[str]:
    return ["export", "--dataset", "1", "--hub", NAME, *more]


def test_it_is_private_unless_public_is_said_and_tells_before_what_leaves(
    hub: FakeHub, store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(_order("--json")) == 0
    said = capsys.readouterr()
    assert "40 rows" in said.err
    assert "private" in said.err
    made = json.loads(said.out.splitlines()[-1])
    assert (made["hub"], made["public"], made["rows"]) == (NAME, False, 40)
    assert main(_order("--public", "--licence", "mit")) == 0
    assert "everybody can see it" in capsys.readouterr().err
    with store.read() as session:
        specs = [PushSpec.from_dict(job.spec) for job in session.query(Job).order_by(Job.id)]
    assert [(spec.is_public, spec.licence) for spec in specs] == [(False, ""), (True, "mit")]


@pytest.mark.parametrize(("answer", "code"), [("n\n", 2), ("\n", 2), ("y\n", 0)])
def test_a_terminal_is_asked_first(
    hub: FakeHub, store: Store, monkeypatch: pytest.MonkeyPatch, answer: str, code: int
) -> None:
    typed = io.StringIO(answer)
    monkeypatch.setattr(typed, "isatty", lambda: True)
    monkeypatch.setattr("sys.stdin", typed)
    assert main(_order()) == code
    with store.read() as session:
        assert session.query(Job).count() == (code == 0)


@pytest.mark.parametrize(
    ("order", "says"),
    [
        (["--hub", NAME, "--format", "csv"], "--hub takes neither"),
        (["--format", "csv", "--out", "x.csv", "--public"], "add --hub"),
        (["--format", "csv"], "Name the file"),
        (["--hub", "letters"], "cannot be the name of a data set"),
        (["--hub", NAME, "--licence", "mine"], "choose one of cc0-1.0"),
    ],
)
def test_what_does_not_go_together_is_a_sentence(
    hub: FakeHub, capsys: pytest.CaptureFixture[str], order: list[str], says: str
) -> None:
    assert main(["export", "--dataset", "1", *order]) == 2
    assert says in capsys.readouterr().err


def test_a_file_is_written_as_before(hub: FakeHub, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    assert main(["export", "--dataset", "1", "--format", "csv", "--out", str(out)]) == 0
    assert "letter 7" in out.read_text("utf-8-sig")
