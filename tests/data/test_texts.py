"""What the texts of a version are like: languages, lengths, and whether answers shorten them."""

import csv
from pathlib import Path

import pytest

from storage.database import Store
from tests.helpers.made import add_dataset
from workbench.core.errors import WorkbenchError
from workbench.data import datasets, texts, versions
from workbench.data.texts import Texts, texts_of
from workbench.projects import projects

ENGLISH = "My parcel number {} has not arrived yet, and I would like to know where it is."
GERMAN = "Meine Bestellung {} ist noch nicht angekommen, und ich möchte wissen, wo sie bleibt."
LONG = " ".join([ENGLISH.replace("{}", "{0}")] * 45)
SHORT = "The customer asks for parcel {}."


def _saved(
    store: Store, folder: Path, rows: list[dict[str, str]], task: str = "classification"
) -> Texts:
    path = folder / "rows.csv"
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    project_id = projects.create_project(store, "Mails")
    mapping = {"text": "text", "label": "topic"} if task == "classification" else {
        "prompt": "text", "response": "answer",
    }  # fmt: skip
    saved = datasets.save_version(
        store, project_id=project_id, path=path, dataset_name="Mails", task=task, mapping=mapping
    )
    return texts_of(versions.get_version(store, saved.version_id))


def _sorted(*patterns: str, rows: int = 60) -> list[dict[str, str]]:
    return [
        {"text": patterns[n % len(patterns)].format(n), "topic": "late" if n % 3 else "lost"}
        for n in range(rows)
    ]


@pytest.mark.parametrize(
    ("patterns", "languages"),
    [
        ((ENGLISH,), ("en",)),
        ((GERMAN,), ("de",)),
        ((GERMAN, ENGLISH, GERMAN), ("de", "en")),
        ((GERMAN,) * 9 + (ENGLISH,), ("de",)),
        (("{} 49.90 EUR 12/2025",), ()),
    ],
)
def test_languages_are_those_that_are_usual(
    store: Store, tmp_path: Path, patterns: tuple[str, ...], languages: tuple[str, ...]
) -> None:
    assert _saved(store, tmp_path, _sorted(*patterns)).languages == languages


def test_lengths_are_those_of_a_long_example(store: Store, tmp_path: Path) -> None:
    found = _saved(store, tmp_path, _sorted(ENGLISH, LONG))
    assert 700 < found.words < 900
    assert 800 < found.tokens < 1200
    assert not found.shortens


@pytest.mark.parametrize(
    ("question", "answer", "shortens"),
    [(LONG, SHORT, True), (LONG, LONG, False), (ENGLISH, SHORT, False), (SHORT, LONG, False)],
)
def test_summaries_are_told_from_replies(
    store: Store, tmp_path: Path, question: str, answer: str, shortens: bool
) -> None:
    rows = [{"text": question.format(n), "answer": answer.format(n)} for n in range(40)]
    assert _saved(store, tmp_path, rows, task="completion").shortens == shortens


def test_a_sample_of_a_large_file_is_enough(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def spoken(questions: list[str]) -> dict[str, float]:
        asked.append(len(questions))
        return {"en": 1.0}

    monkeypatch.setattr(texts, "spoken_in", spoken)
    monkeypatch.setattr(texts, "SAMPLE_ROWS", 20)
    assert _saved(store, tmp_path, _sorted(ENGLISH, rows=200)).languages == ("en",)
    assert asked == [20]


def test_examples_that_are_gone_are_told(store: Store) -> None:
    version_id = add_dataset(store, projects.create_project(store, "Mails"))
    with pytest.raises(WorkbenchError, match="not on the disk any more"):
        texts_of(versions.get_version(store, version_id))
