"""A model whose chat template does harm costs a sentence, wherever the model is used."""

import shutil
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.helpers import hostile_templates, tiny
from tests.helpers.engine_jobs import PEFT_WARNS, run
from tests.helpers.hostile_templates import check
from tests.helpers.writers import make_writer, split_replies, write_job

pytestmark = [pytest.mark.filterwarnings(PEFT_WARNS)]
NAME = "Parcel writer"
_MOST_SECONDS = 8.0


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that nobody has harmed."""
    return make_writer(tmp_path_factory.mktemp("whole") / NAME)


@pytest.fixture(scope="module")
def trained(whole: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The adapter of a short training of it."""
    folder = tmp_path_factory.mktemp("trained")
    job = write_job(folder / "job", whole, split_replies(folder / "replies.parquet"))
    assert run(job)["status"] == "succeeded"
    return job.adapter


@pytest.fixture(params=hostile_templates.EACH_KIND)
def harmful(request: pytest.FixtureRequest, whole: Path, tmp_path: Path) -> Path:
    """The same model with a template that does harm."""
    folder = Path(shutil.copytree(whole, tmp_path / NAME))
    hostile_templates.plant(folder, request.param)
    return folder


@pytest.mark.parametrize("kind", ["train", "predict"])
def test_training_and_answers_say_it(harmful: Path, tmp_path: Path, kind: str) -> None:
    data = split_replies(tmp_path / "replies.parquet")
    values: dict[str, Any] = {"kind": kind} | ({"adapter": None} if kind == "predict" else {})
    result = run(write_job(tmp_path / "job", harmful, data, **values))
    assert result["status"] == "failed"
    check(result["reason"], NAME)


@pytest.mark.parametrize("name", hostile_templates.EACH_KIND)
def test_an_exam_says_it(trained: Path, whole: Path, tmp_path: Path, name: str) -> None:
    """The model was trained before its adapter was harmed."""
    adapter = Path(shutil.copytree(trained, tmp_path / "adapter"))
    hostile_templates.plant(adapter, name)
    data = split_replies(tmp_path / "replies.parquet")
    job = write_job(tmp_path / "job", whole, data, kind="evaluate", adapter=str(adapter))
    result = run(job)
    assert result["status"] == "failed"
    check(result["reason"], NAME)


def test_the_server_says_it_and_goes_on(whole: Path, harmful: Path, tmp_path: Path) -> None:
    entries = [tiny.entry(name, folder) for name, folder in (("bad", harmful), ("good", whole))]
    for entry in entries:
        entry["base"]["name"] = NAME
    registry = tiny.registry_of(entries, tmp_path / "models.json")
    asked = {"messages": [{"role": "user", "content": "Where?"}], "max_tokens": 2}
    with tiny.running(registry, tiny.shelf()) as server:
        address = f"http://127.0.0.1:{server.port}/v1/chat/completions"
        for streamed in (False, True):
            body = {**asked, "model": "bad", "stream": streamed}
            answer = httpx.post(address, json=body, timeout=_MOST_SECONDS)
            assert 400 <= answer.status_code < 600
            check(answer.json()["error"]["message"], NAME)
        good = httpx.post(address, json={**asked, "model": "good"}, timeout=30)
        assert good.status_code == 200


@pytest.mark.parametrize("name", ["never ends", "one long operation", "a number"])
def test_a_model_harmed_while_it_is_served_answers_with_the_sentence(
    whole: Path, tmp_path: Path, name: str
) -> None:
    folder = Path(shutil.copytree(whole, tmp_path / NAME))
    entry = tiny.entry("m", folder)
    entry["base"]["name"] = NAME
    registry = tiny.registry_of([entry], tmp_path / "models.json")
    asked = {"model": "m", "messages": [{"role": "user", "content": "?"}], "max_tokens": 2}
    with tiny.running(registry, tiny.shelf()) as server:
        address = f"http://127.0.0.1:{server.port}"
        chat = f"{address}/v1/chat/completions"
        assert httpx.post(chat, json=asked, timeout=30).status_code == 200
        hostile_templates.plant(folder, name)
        answer = httpx.post(chat, json=asked, timeout=_MOST_SECONDS)
        assert 400 <= answer.status_code < 600
        check(answer.json()["error"]["message"], NAME)
        assert httpx.get(f"{address}/v1/models").status_code == 200
