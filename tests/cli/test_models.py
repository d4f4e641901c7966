"""`models`: the list, adding from a folder or a file, removing; a sentence for what is no model."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from storage.database import Store
from storage.tables import Job
from tests.helpers.folders import model_folder
from tests.helpers.made import end_job
from workbench.cli import main, models, output
from workbench.data import datasets
from workbench.jobs import queue
from workbench.models import catalogue
from workbench.models.bundled import BUNDLED
from workbench.models.suggested import suggestions
from workbench.projects import projects

CHECKS = {"4 bits": "14 layers of 14 in 4 bits."}
Worker = Callable[..., None]


@pytest.fixture
def worker(store: Store, monkeypatch: pytest.MonkeyPatch) -> Worker:
    """A worker that ends the newest job as it is told."""

    def ends(status: str = "succeeded", reason: str = "", **result: Any) -> None:
        def work() -> None:
            with store.write() as session:
                job = session.query(Job).order_by(Job.id.desc()).first()
                assert job is not None
                job.reason = reason
                job_id = job.id
            end_job(store, job_id, status, **result)

        monkeypatch.setattr(output, "ensure_worker", work)

    monkeypatch.setattr(models, "working_store", lambda: store)
    monkeypatch.setattr(queue, "_POLL_S", 0.001)
    return ends


def _said(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(capsys.readouterr().out.splitlines()[-1])
    return value


def test_the_list_names_what_is_there(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "--json"]) == 0
    listed = _said(capsys)["models"]
    assert [model["model"] for model in listed] == list(BUNDLED)
    assert {model["state"] for model in listed} == {"ready"}
    assert main(["models"]) == 0
    assert "SmolLM2-135M-Instruct: causal, 135 million parameters, ready" in capsys.readouterr().out


def test_the_list_has_the_suggestions_with_all_that_decides(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["models", "--json"]) == 0
    said = _said(capsys)
    assert len(said["suggestions"]) == len(suggestions()) - len(BUNDLED)
    for model in (*said["models"], *said["suggestions"]):
        assert set(model) >= {
            "name", "hub_id", "family", "parameters", "licence", "commercial_use", "context",
            "languages", "download_bytes", "memory_to_train_mb", "memory_to_run_mb", "fits", "here",
            "recommended", "reason", "sources",
        }  # fmt: skip
        assert model["memory_to_train_mb"] > model["memory_to_run_mb"] * 0.5 > 0
        assert model["recommended"] == bool(model["reason"]) is False
    assert {model["here"] for model in said["models"]} == {True}
    assert {model["here"] for model in said["suggestions"]} == {False}
    qwen = next(m for m in said["suggestions"] if m["hub_id"] == "Qwen/Qwen3-0.6B")
    assert (qwen["parameters"], qwen["download_bytes"]) == (596_049_920, 1_192_099_840)
    assert all(p["address"].startswith("https://") for p in qwen["sources"]["licence"])


@pytest.mark.parametrize("language", ["de", "German"])
def test_a_task_and_a_language_name_what_suits_them(
    store: Store, capsys: pytest.CaptureFixture[str], language: str
) -> None:
    asked = ["models", "--task", "classification", "--language", language]
    assert main([*asked, "--json"]) == 0
    said = _said(capsys)
    here, other = (
        [m for m in said[part] if m["recommended"]] for part in ("models", "suggestions")
    )
    assert [m["name"] for m in here] == ["all-MiniLM-L6-v2"]
    assert [m["name"] for m in other] == ["multilingual-e5-small"]
    assert other[0]["reason"].startswith("Your texts are German")
    assert all(m["learns_task"] for m in said["suggestions"])
    assert all("de" in m["languages"] or m["many_languages"] >= 100 for m in said["suggestions"])
    assert main(asked) == 0
    assert "Recommended: multilingual-e5-small. Your texts are German" in capsys.readouterr().out


def test_a_dataset_says_its_task_and_its_language_itself(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "rows.csv"
    text = "Meine Bestellung ist noch nicht angekommen, bitte prüfen Sie das, Nummer"
    rows = (f"{text} {n},{('late', 'lost')[n % 2]}" for n in range(60))
    path.write_text("\n".join(["text;topic", *rows]).replace(",l", ";l"), "utf-8")
    saved = datasets.save_version(
        store, project_id=projects.create_project(store, "Mails"), path=path, dataset_name="Mails",
        task="classification", mapping={"text": "text", "label": "topic"},
    )  # fmt: skip
    assert main(["models", "--dataset", str(saved.dataset_id), "--json"]) == 0
    reasons = [m["reason"] for m in _said(capsys)["suggestions"] if m["recommended"]]
    assert reasons
    assert reasons[0].startswith("Your texts are German")


def test_a_folder_is_added_once_it_was_tried(
    tmp_path: Path, store: Store, worker: Worker, capsys: pytest.CaptureFixture[str]
) -> None:
    worker(parameters=808, packed_layers=14, checks=CHECKS)
    folder = model_folder(tmp_path / "mine")
    assert main(["models", "add", str(folder), "--json"]) == 0
    assert _said(capsys) == {
        "model": "mine", "family": "causal", "parameters": 808, "packed_layers": 14,
        "checks": CHECKS, "conversions": [], "licence": "", "licence_accepted_at": "",
    }  # fmt: skip


def test_what_was_tried_in_vain_is_a_sentence_and_not_in_the_list(
    tmp_path: Path, store: Store, worker: Worker, capsys: pytest.CaptureFixture[str]
) -> None:
    worker("failed", "The weights lack 3 of 9 parts.")
    assert main(["models", "add", str(model_folder(tmp_path / "mine")), "--json"]) == 2
    said = capsys.readouterr()
    assert said.err.splitlines()[-1] == "The weights lack 3 of 9 parts."
    assert not said.out
    assert len(catalogue.list_models(store)) == len(BUNDLED)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["add", "{folder}"], "holds no model"),
        (["add", "no-such-thing"], "is not the name of a model on the hub"),
        (["remove", "nothing"], "There is no model 'nothing'"),
        (["--language", "Klingon"], "There is no language 'Klingon' here: name one of Arabic"),
        (["--dataset", "99"], "There is no dataset 99"),
        (["remove", "all-MiniLM-L6-v2"], "came with the workbench"),
    ],
)
def test_a_mistake_is_a_sentence(
    tmp_path: Path,
    store: Store,
    worker: Worker,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    sentence: str,
) -> None:
    worker()
    assert main(["models", *(part.format(folder=tmp_path) for part in arguments)]) == 2
    said = capsys.readouterr().err
    assert sentence in said
    assert len(said.splitlines()) == 1


def test_an_added_model_is_removed_by_its_name(
    tmp_path: Path, store: Store, worker: Worker, capsys: pytest.CaptureFixture[str]
) -> None:
    worker(checks=CHECKS)
    assert main(["models", "add", str(model_folder(tmp_path / "mine"))]) == 0
    assert "4 bits: 14 layers of 14 in 4 bits." in capsys.readouterr().out
    assert main(["models", "remove", "mine", "--json"]) == 0
    assert _said(capsys) == {"removed": "mine"}
    assert len(catalogue.list_models(store)) == len(BUNDLED)
