"""Encoder-decoders on the server: streamed and whole, with what was said before, with categories."""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import openai
import pytest

from tests.helpers import tiny
from tests.helpers.engine_jobs import predictions, run
from tests.helpers.rewriters import make_rewriter
from tests.helpers.writers import recipe, replies, write_job, write_rows
from workbench.core.recipe import Recipe
from workbench.engine.seq2seq.generate import write_answers
from workbench.engine.seq2seq.model import load_seq2seq
from workbench.engine.seq2seq.systems import choose
from workbench.jobs.process.specs import BaseModelRef
from workbench.jobs.process.stop import Stop
from workbench.models.families import SEQ2SEQ

ANSWER = "it is late"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`base`, and two runs of it: one that replies, one that sorts."""
    folder = tmp_path_factory.mktemp("rewriters")
    base = make_rewriter(folder / "base", "bart")
    splits = ["train"] * 20 + ["test"] * 4
    rows = [{**row, "response": ANSWER} for row in replies(24)]
    sorted_rows = [{"text": row["prompt"], "label": ("late", "lost")[i % 2]}
                   for i, row in enumerate(rows)]  # fmt: skip
    settings = recipe(learning_rate=1e-2, max_steps=20, r=16, lora_alpha=32,
                      lr_scheduler_type="constant")  # fmt: skip
    for name, task, data in (
        ("replies", "completion", rows),
        ("sorter", "classification", sorted_rows),
    ):
        file = write_rows(folder / f"{name}.parquet", data, splits)
        job = write_job(folder / name, base, file, family=SEQ2SEQ.name, task=task, recipe=settings)
        assert run(job)["status"] == "succeeded"
    return folder


@pytest.fixture
def registry(folder: Path, tmp_path: Path) -> Path:
    kind = {"kind": SEQ2SEQ.name}
    base, labels = folder / "base", ["late", "lost"]
    entries = [
        tiny.entry("run-1", base, folder / "replies/adapter", task="completion", **kind),
        tiny.entry("run-2", base, folder / "sorter/adapter", task="classification",
                   labels=labels, **kind),
        tiny.entry("base:Tiny", base, **kind),
    ]  # fmt: skip
    path = tmp_path / "models.json"
    path.write_text(json.dumps(entries))
    return path


@pytest.fixture
def client(url: str) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0) as opened:
        yield opened


def asked(text: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": text}]


def test_the_answer_is_that_of_the_exam_and_ends_by_itself(
    client: openai.OpenAI, folder: Path
) -> None:
    result = json.loads((folder / "replies/result.json").read_text())
    table = predictions(result)
    for question, answer in zip(table["input"], table["tuned"], strict=True):
        told = client.chat.completions.create(model="run-1", messages=asked(question))
        assert told.choices[0].message.content.strip() == answer == ANSWER
        assert told.choices[0].finish_reason == "stop"
    assert told.usage.prompt_tokens > 3
    assert 3 <= told.usage.completion_tokens <= 20


def test_a_streamed_answer_is_the_whole_one(client: openai.OpenAI) -> None:
    pieces = client.chat.completions.create(
        model="run-1", messages=asked("Where is my pen?"), stream=True
    )
    text = "".join(piece.choices[0].delta.content or "" for piece in pieces)
    assert text.strip() == ANSWER


def test_base_and_tuned_answer_from_the_same_weights(client: openai.OpenAI, folder: Path) -> None:
    loaded = load_seq2seq(BaseModelRef("Tiny", folder / "base"), None, Recipe(quantization="none"))
    question = "Where is my pen?"
    (expected,) = write_answers(loaded, [question], 12, Stop(), lambda done: None)
    for _ in range(2):
        tuned, base = (
            client.chat.completions.create(model=model, messages=asked(question), max_tokens=12)
            for model in ("run-1", "run-1:base")
        )
        assert base.choices[0].message.content.strip() == expected
        assert tuned.choices[0].message.content.strip() == ANSWER != expected


def test_earlier_turns_are_read_as_plain_text(client: openai.OpenAI, folder: Path) -> None:
    loaded = load_seq2seq(BaseModelRef("Tiny", folder / "base"), None, Recipe(quantization="none"))
    text = "Be kind.\n\nUser: Where?\nAssistant: Here.\nUser: When?"
    (expected,) = write_answers(loaded, [text], 12, Stop(), lambda done: None)
    turns = [
        {"role": "system", "content": "Be kind."}, *asked("Where?"),
        {"role": "assistant", "content": "Here."}, *asked("When?"),
    ]  # fmt: skip
    told = client.chat.completions.create(model="base:Tiny", messages=turns, max_tokens=12)
    assert told.choices[0].message.content.strip() == expected
    plain = client.completions.create(model="base:Tiny", prompt=text, max_tokens=12)
    assert plain.choices[0].text.strip() == expected


def test_categories_come_with_the_probabilities_of_the_exam(url: str, folder: Path) -> None:
    loaded = load_seq2seq(
        BaseModelRef("Tiny", folder / "base"), folder / "sorter/adapter", Recipe()
    )
    row = {"text": "Where is my pen?"}
    found = choose(loaded, [loaded.wording.question(row)], Stop().check, lambda done: None)
    body = {"model": "run-2", "input": row["text"]}
    told = httpx.post(f"{url}/v1/classify", json=body, timeout=20).json()["data"][0]
    assert told["label"] == found.texts[0]
    assert told["probability"] == pytest.approx((found.probabilities or [])[0], abs=0.02)
    assert sum(item["probability"] for item in told["labels"]) == pytest.approx(1)


def test_a_question_that_is_too_long_is_refused(client: openai.OpenAI) -> None:
    with pytest.raises(openai.BadRequestError, match="this model reads at most 128"):
        client.chat.completions.create(model="run-1", messages=asked("pen " * 400))


def test_an_answer_ends_where_the_decoder_has_no_more_places(client: openai.OpenAI) -> None:
    told = client.chat.completions.create(
        model="base:Tiny", messages=asked("pen"), max_tokens=4000, temperature=2, seed=1
    )
    assert told.usage.completion_tokens <= 126
