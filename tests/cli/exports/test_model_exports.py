"""`export-model` and `certify`."""

import json
from pathlib import Path

import pytest

from storage import files
from storage.database import Store
from tests.helpers.exams import Trained
from tests.helpers.made import end_job
from tests.use.exports.test_exports import CERTIFICATE, with_model
from workbench.cli import main
from workbench.cli.exports import model_exports
from workbench.core.errors import WorkbenchError
from workbench.jobs.job import JobView, get_job
from workbench.jobs.process.specs import ExportModelSpec


@pytest.fixture
def trained(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Trained:
    monkeypatch.setattr(model_exports, "working_store", lambda: store)
    monkeypatch.setattr(model_exports, "finished", _done)
    return with_model(store, tmp_path)


def _done(store: Store, job_id: int) -> JobView:
    """As the worker leaves it."""
    if get_job(store, job_id).kind == ExportModelSpec.kind:
        folder = files.job_folder(job_id) / "export"
        folder.mkdir(parents=True)
        (folder / "run-1.gguf").write_bytes(b"g" * 50)
        (folder / "Modelfile").write_text("FROM")
    end_job(store, job_id, certificate=CERTIFICATE.as_dict())
    return get_job(store, job_id)


def order(*more: str) -> list[str]:
    return ["export-model", "--run", "1", "--format", "gguf", *more]


def test_it_tells_path_size_and_certificate(
    trained: Trained, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "mine.gguf"
    assert main(order("--quantization", "q4_k_m", "--out", str(out), "--json")) == 0
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (told["path"], told["format"], told["quantization"]) == (str(out), "gguf", "q4_k_m")
    assert told["size_bytes"] == 54
    assert told["certificate"]["verdict"] == CERTIFICATE.verdict
    assert out.read_bytes() == b"g" * 50
    assert (tmp_path / "Modelfile").read_text() == "FROM"


def test_in_words_it_shows_the_ways(
    trained: Trained, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(order("--out", str(tmp_path))) == 0
    said = capsys.readouterr().out
    assert CERTIFICATE.verdict in said
    assert "✓ This export" in said
    assert "19 of 20 the same" in said


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (["--format", "onnx", "--out", "."], "choose gguf, merged, adapter and zip"),
        (["--quantization", "int8", "--out", "."], "choose q8_0, q4_k_m and f16"),
        (["--out", "/nowhere/x.gguf"], "make it first"),
        (["--run", "first", "--out", "."], "the number of a finished run"),
        (["--run", "9", "--out", "."], "no training run 9"),
    ],
)
def test_what_cannot_be_is_said_before_any_work(
    trained: Trained, store: Store, more: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(order(*more)) == 2
    assert says in capsys.readouterr().err


def test_one_that_is_not_offered_ends_with_the_reason(
    trained: Trained,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def refused(store: Store, job_id: int) -> JobView:
        raise WorkbenchError("It does not answer as it did. So it is not offered.")

    monkeypatch.setattr(model_exports, "finished", refused)
    assert main(order("--out", str(tmp_path))) == 2
    assert "So it is not offered." in capsys.readouterr().err
    assert not list(tmp_path.glob("*.gguf"))


def test_certify_tells_of_all_ways_and_of_the_exports_there_are(
    trained: Trained, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(order("--out", str(tmp_path)))
    capsys.readouterr()
    assert main(["certify", "--run", "1", "--json"]) == 0
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert told["certificate"]["passed"] is True
    (export,) = told["exports"]
    assert (export["format"], export["is_there"]) == ("gguf", True)
    assert export["certificate"]["ways"][0]["same"] == 19
