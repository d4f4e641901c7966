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
from workbench.jobs import queue
from workbench.models import catalogue
from workbench.models.bundled import BUNDLED

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
