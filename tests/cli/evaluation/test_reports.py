"""`report`: a report on a run from the command line."""

import json
from pathlib import Path

import pytest

from storage.database import Store
from tests.helpers.exams import add_scored, add_trained
from workbench.cli import main


@pytest.mark.parametrize(
    ("name", "begins"), [("a.PDF", "%PDF"), ("a.html", "<!do"), ("a.md", "---")]
)
def test_its_ending_says_which_report(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, begins: str
) -> None:
    trained = add_scored(store, tmp_path, right=90, base=60, baseline=70)
    out = tmp_path / name
    assert main(["report", "--run", str(trained.run_id), "--out", str(out), "--json"]) == 0
    said = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert said["out"] == str(out)
    assert "90.0\u00a0% right" in said["verdict"]
    assert out.read_bytes().startswith(begins.encode())


def test_mistakes_are_sentences(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trained = add_trained(store, tmp_path)
    for name, sentence in (("a.docx", "must end in .pdf"), ("a.pdf", "has not taken an exam")):
        arguments = ["report", "--run", str(trained.run_id), "--out", str(tmp_path / name)]
        assert main(arguments) == 2
        assert sentence in capsys.readouterr().err
    assert main(["report", "--run", "99", "--out", str(tmp_path / "a.pdf")]) == 2
    assert "no training run 99" in capsys.readouterr().err
