"""What is simpler answers in the place of a trained model, by a name of its own or as what is live."""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import openai
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.helpers import tiny
from workbench.core.tasks import CHAT, CLASSIFICATION, COMPLETION, Task
from workbench.jobs.process.serve_files import LiveName
from workbench.jobs.process.specs import BaseModelRef
from workbench.models.trained import TrainedModel, write_trained

QUESTIONS = ["Where is my parcel?", "I want my money back", "Send me an invoice", "Is it in blue?"]
ANSWERS = ["Delivery", "Refund", "Invoice", "Colour"]


def learned(folder: Path, models: Path, task: Task) -> Path:
    """A trained model of which only the examples are there: nobody may need its weights."""
    folder.mkdir(parents=True)
    if task is CHAT:
        talks = [
            [{"role": "user", "content": q}, {"role": "assistant", "content": a}]
            for q, a in zip(QUESTIONS, ANSWERS, strict=True)
        ]
        columns = {"messages": [json.dumps(talk) for talk in talks]}
    else:
        columns = {task.required[0]: QUESTIONS, task.required[1]: ANSWERS}
    table = {"row_id": [1, 2, 3, 4], "split": ["train"] * 4, **columns}
    pq.write_table(pa.table(table), folder / "rows.parquet")
    base = BaseModelRef("Tiny", models / "base", "causal")
    labels = tuple(sorted(ANSWERS)) if task is CLASSIFICATION else ()
    about = TrainedModel(
        task=task.name, family="causal", base=base, labels=labels, data=folder / "rows.parquet"
    )
    write_trained(folder, about)
    return folder


@pytest.fixture
def url(models: Path, tmp_path: Path) -> Iterator[str]:
    entries = [
        tiny.entry(f"run-{number}", models / "base", learned(tmp_path / task.name, models, task), task=task.name, labels=ANSWERS)
        for number, task in enumerate((CLASSIFICATION, COMPLETION, CHAT), 1)
    ]  # fmt: skip
    registry = tmp_path / "models.json"
    registry.write_text(json.dumps(entries))
    live = LiveName(id="mails:live", project="Mails", project_id=1, model="run-1:baseline")
    registry.with_name("live.json").write_text(json.dumps([live.as_dict()]))
    with tiny.running(registry, tiny.shelf()) as server:
        yield f"http://127.0.0.1:{server.port}"


def test_what_is_live_sorts_without_a_model_and_says_that_it_knows_no_probability(
    url: str,
) -> None:
    for name in ("run-1:baseline", "run-1:nearest", "mails:live"):
        body = {"model": name, "input": ["where is my parcel", "an invoice, please"]}
        found = httpx.post(f"{url}/v1/classify", json=body).json()["data"]
        assert [one["label"] for one in found] == ["Delivery", "Invoice"]
        assert {one["probability"] for one in found} == {None}
    listed = [one["id"] for one in httpx.get(f"{url}/v1/models").json()["data"]]
    assert listed[0] == "mails:live"


def test_texts_and_talks_are_answered_with_the_nearest_example(url: str) -> None:
    with openai.OpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0) as client:
        for name in ("run-2:nearest", "run-3:nearest"):
            asked = [
                {"role": "system", "content": "Be kind."},
                {"role": "user", "content": "i want my money"},
            ]
            made = client.chat.completions.create(model=name, messages=asked)  # type: ignore[call-overload]
            assert made.choices[0].message.content == "Refund"
        said = client.completions.create(model="run-2:nearest", prompt="in blue?", stream=True)
        assert "".join(part.choices[0].text for part in said if part.choices) == "Colour"


@pytest.mark.parametrize(
    "name", ["run-2:baseline", "run-1:frequent", "run-1:other", "run-9:nearest"]
)
def test_who_cannot_do_the_work_is_not_there(url: str, name: str) -> None:
    answer = httpx.post(f"{url}/v1/classify", json={"model": name, "input": "x"})
    assert answer.status_code == 404


def test_examples_that_are_gone_are_told(url: str, tmp_path: Path) -> None:
    (tmp_path / "classification" / "rows.parquet").unlink()
    body = {"model": "run-1:nearest", "input": "x"}
    answer = httpx.post(f"{url}/v1/classify", json=body)
    assert answer.status_code == 503
    assert "not on the disk any more" in answer.json()["error"]["message"]
