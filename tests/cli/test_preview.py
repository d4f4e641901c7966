"""`preview`: the texts as the model sees them, and the parts that it learns."""

import json
from pathlib import Path
from typing import Any

import pytest

from storage.database import Store
from tests.helpers.folders import T5, model_folder
from workbench.cli import main
from workbench.core.messages import segments
from workbench.core.tasks import CHAT
from workbench.data import datasets, previews
from workbench.models import bundled
from workbench.models.chat_forms import PLAIN
from workbench.models.templates import in_form


@pytest.fixture(autouse=True)
def _no_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundled, "bundled_path", lambda name: None)


def _said(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(capsys.readouterr().out.splitlines()[-1])
    return value


def _imported(path: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    assert main(["import", str(path), "--project", "Shop", "--json"]) == 0
    return _said(capsys)


@pytest.fixture
def talks(tmp_path: Path) -> Path:
    """Twenty conversations whose first answer weighs nothing."""
    path = tmp_path / "talks.jsonl"
    with path.open("w") as stream:
        for i in range(20):
            turns = [
                {"role": "user", "content": f"Where is parcel {i}?"},
                {"role": "assistant", "content": f"Wrong {i}", "weight": 0},
                {"role": "user", "content": "Look again."},
                {"role": "assistant", "content": f"In town {i}.", "weight": 1},
            ]
            stream.write(json.dumps({"messages": turns}) + "\n")
    return path


def test_the_texts_are_those_that_the_trainer_masks(
    talks: Path, store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    imported = _imported(talks, capsys)
    assert imported["notes"] == ["20 answers in 20 rows are read, not learned (weight 0)."]

    arguments = ["preview", "--dataset", str(imported["dataset_id"]), "--rows", "3", "--json"]
    assert main(arguments) == 0
    rows = _said(capsys)["rows"]

    version = datasets.latest_version(store, imported["dataset_id"])
    kept = previews.read_examples(version).to_pylist()[:3]
    for row, example in zip(rows, kept, strict=True):
        pieces = segments(CHAT.messages(example), in_form(PLAIN))
        assert row["text"] == "".join(piece.text for piece in pieces)
        parts = [row["text"][start:end] for start, end in row["learned"]]
        assert parts == [piece.text for piece in pieces if piece.learned]
        assert len(parts) == 1
        assert "Wrong" in row["text"]
        assert parts[0].startswith("In town")
        assert row["split"] == example["split"]


def test_a_category_stands_behind_its_text(
    tmp_path: Path, store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "sorted.csv"
    rows = [f"Where is parcel {i}?,delivery\nHow do I pay {i}?,payment" for i in range(10)]
    path.write_text("text,category\n" + "\n".join(rows) + "\n")
    imported = _imported(path, capsys)

    assert main(["preview", "--dataset", str(imported["dataset_id"]), "--rows", "1", "--json"]) == 0
    (row,) = _said(capsys)["rows"]

    ((start, end),) = row["learned"]
    assert row["text"][:start] == f"Where is parcel 0?{previews.BECOMES}"
    assert row["text"][start:end] == "delivery"


def test_in_words_the_learned_parts_are_marked(
    talks: Path, store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    imported = _imported(talks, capsys)
    assert main(["preview", "--dataset", str(imported["dataset_id"]), "--rows", "1"]) == 0
    words = capsys.readouterr().out
    assert "⟦In town 0." in words
    assert words.count("⟦") == 2  # the legend has one
    assert main(["preview", "--dataset", str(imported["dataset_id"]), "--rows", "0"]) == 2


def test_an_encoder_decoder_reads_one_text_and_learns_another(
    talks: Path, store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dataset = _imported(talks, capsys)["dataset_id"]
    folder = str(model_folder(tmp_path / "t5-small", T5))
    command = ["preview", "--dataset", str(dataset), "--rows", "1", "--model", folder, "--json"]
    assert main(command) == 0
    told = _said(capsys)
    (row,) = told["rows"]
    assert (told["model"], told["template"]) == ("t5-small", "")
    said = "User: Where is parcel 0?\nAssistant: Wrong 0\nUser: Look again."
    assert row["text"] == f"{said}{previews.BECOMES}In town 0."
    assert [row["text"][start:end] for start, end in row["learned"]] == ["In town 0."]
