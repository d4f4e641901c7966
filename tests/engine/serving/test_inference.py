"""A model that sorts tells the probability of every category."""

import json
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import numpy as np
import pytest
import torch
from openai import OpenAI

from tests.helpers import tiny
from tests.helpers.tiny import LABELS
from workbench.core.messages import render_prompt
from workbench.core.recipe import Recipe
from workbench.engine.causal.model import load_causal
from workbench.engine.encoder.model import EncoderModel, Sorted
from workbench.engine.runtime.precision import precision
from workbench.engine.serving import inference
from workbench.engine.serving.model_cache import ModelCache
from workbench.jobs.process.number_range import Estimate, NumberRange
from workbench.jobs.process.specs import BaseModelRef


def classify(url: str, given: object, model: str = "run-2") -> httpx.Response:
    return httpx.post(f"{url}/v1/classify", json={"model": model, "input": given}, timeout=20)


def test_probabilities_are_sorted_and_add_up(url: str) -> None:
    data = classify(url, ["Where is my parcel?", "Send the bill again"]).json()["data"]
    assert [item["index"] for item in data] == [0, 1]
    for item in data:
        shares = [entry["probability"] for entry in item["labels"]]
        assert shares == sorted(shares, reverse=True)
        assert sum(shares) == pytest.approx(1)
        assert {entry["label"] for entry in item["labels"]} == set(LABELS)
        assert (item["label"], item["probability"]) == (
            item["labels"][0]["label"],
            item["labels"][0]["probability"],
        )


def test_a_probability_is_that_of_the_whole_category_as_the_answer(url: str, models: Path) -> None:
    """Checked against the plain way: one pass over question and category for each of them."""
    bundle = load_causal(BaseModelRef("Tiny", models / "base"), models / "sorter", Recipe())
    tokenizer = bundle.tokenizer
    asked = bundle.wording.messages({"text": "Where is it?"})
    prompt = tokenizer(render_prompt(asked, bundle.wording.template))["input_ids"]
    scores = []
    for label in LABELS:
        answer = tokenizer(f"{label}<|im_end|>")["input_ids"]
        with torch.no_grad(), precision():
            logits = bundle.model(torch.tensor([prompt + answer])).logits[0, len(prompt) - 1 : -1]
        told = logits.float().log_softmax(-1)[torch.arange(len(answer)), torch.tensor(answer)]
        scores.append(told.sum().item())
    expected = dict(zip(LABELS, torch.tensor(scores).softmax(0).tolist(), strict=True))
    found = classify(url, "Where is it?").json()["data"][0]["labels"]
    assert {e["label"]: e["probability"] for e in found} == pytest.approx(expected, abs=0.01)


def test_many_categories_are_read_in_several_batches(tmp_path: Path) -> None:
    labels = [f"refund {n}" for n in range(35)]
    base = tiny.make_base(tmp_path / "base", context=1024)
    adapter = tiny.make_adapter(
        base, tmp_path / "many", seed=3, task="classification", labels=tuple(labels)
    )
    item = tiny.entry("run-3", base, adapter, task="classification", labels=labels)
    (tmp_path / "models.json").write_text(json.dumps([item]))
    with tiny.running(tmp_path / "models.json", tiny.shelf()) as server:
        reply = classify(f"http://127.0.0.1:{server.port}", "Money back", "run-3").json()
    assert sum(e["probability"] for e in reply["data"][0]["labels"]) == pytest.approx(1)
    assert len(reply["data"][0]["labels"]) == 35


@pytest.mark.parametrize("model", ["run-1", "base:Tiny", "run-2:base"])
def test_a_model_without_categories_says_so(url: str, model: str) -> None:
    reply = classify(url, "Hello", model)
    assert reply.status_code == 400
    assert reply.json()["error"]["code"] == "not_a_classifier"


class Words:
    """Reads words as tokens."""

    def ids(self, texts: list[str]) -> list[list[int]]:
        return [list(range(len(text.split()))) for text in texts]

    def read(self, texts: list[str], ids: list[list[int]]) -> list[str]:
        assert ids == self.ids(texts)
        return ["read in 3 parts" if len(text.split()) > 8 else "" for text in texts]


class Encoder:
    """What `load_encoder_model` gives for an encoder with a head, reduced to what the server uses."""

    labels = ("refund", "delivery")
    reader = Words()
    thresholds: Any = None

    def cut(self, texts: list[str], ids: list[list[int]]) -> dict[int, str]:
        return {place: "It is long." for place, text in enumerate(texts) if len(text) > 99}

    def sort(self, texts: list[str], done: Callable[[int], None], ids: list[list[int]]) -> Sorted:
        done(len(texts))
        shares = [[0.2, 0.8] if "parcel" in text else [0.9, 0.1] for text in texts]
        return Sorted(np.array(shares), ["xylophone" in text for text in texts])


class Endless(Encoder):
    """Reads on until it is told to leave, or that it is enough."""

    def __init__(self) -> None:
        self.began, self.left, self.enough = (threading.Event() for _ in range(3))

    def sort(self, texts: list[str], done: Callable[[int], None], ids: list[list[int]]) -> Sorted:
        self.began.set()
        try:
            while not self.enough.is_set():
                done(0)
        finally:
            self.left.set()
        return super().sort(texts, done, ids)


def list_encoder(models: Path, path: Path) -> Path:
    """A models.json with an encoder, run-4, and a model that writes, run-1."""
    labels = list(Encoder.labels)
    sorts = {"kind": "encoder", "task": "classification", "labels": labels}
    items = [
        tiny.entry("run-4", models / "base", models / "sorter", **sorts),
        tiny.entry("run-1", models / "base", models / "replies", task="completion"),
    ]
    path.write_text(json.dumps(items))
    return path


@pytest.fixture
def endless(shelf: ModelCache, monkeypatch: pytest.MonkeyPatch) -> Endless:
    """The encoder of run-4."""
    encoder = Endless()
    monkeypatch.setattr(shelf._loader, "classifier", lambda _entry: encoder)
    return encoder


def leave_after(url: str, seconds: float, given: object, model: str) -> None:
    patience = httpx.Timeout(20, read=seconds)
    body = {"model": model, "input": given}
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(f"{url}/v1/classify", json=body, timeout=patience)


def wait_until(holds: Callable[[], bool]) -> None:
    give_up_at = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < give_up_at
        threading.Event().wait(0.01)


def test_sorting_ends_when_the_client_leaves(
    models: Path, tmp_path: Path, shelf: ModelCache, endless: Endless
) -> None:
    with tiny.running(list_encoder(models, tmp_path / "models.json"), shelf) as server:
        leave_after(f"http://127.0.0.1:{server.port}", 0.5, "parcel", "run-4")
        assert endless.left.wait(10)


def test_a_model_that_writes_categories_stops_between_two_texts(
    url: str, shelf: ModelCache
) -> None:
    classify(url, "loaded by now")
    leave_after(url, 0.2, ["Where is my parcel?"] * 2048, "run-2")
    wait_until(lambda: not shelf.turns._queue)


def test_others_are_answered_while_many_texts_are_sorted(
    models: Path, tmp_path: Path, shelf: ModelCache, endless: Endless
) -> None:
    with tiny.running(list_encoder(models, tmp_path / "models.json"), shelf) as server:
        url = f"http://127.0.0.1:{server.port}"
        with ThreadPoolExecutor() as threads:
            sorting = threads.submit(classify, url, "parcel", "run-4")
            assert endless.began.wait(10)
            body = {"model": "run-1", "prompt": "Your order", "max_tokens": 2}
            assert httpx.post(f"{url}/v1/completions", json=body, timeout=20).status_code == 200
            assert not endless.left.is_set()
            endless.enough.set()
            assert sorting.result().json()["data"][0]["label"] == "delivery"


def test_sorting_waits_for_its_turn(
    models: Path, tmp_path: Path, shelf: ModelCache, endless: Endless
) -> None:
    with tiny.running(list_encoder(models, tmp_path / "models.json"), shelf) as server:
        url = f"http://127.0.0.1:{server.port}"
        with ThreadPoolExecutor() as threads:
            with shelf.turns:
                sorting = threads.submit(classify, url, "parcel", "run-4")
                wait_until(lambda: len(shelf.turns._queue) == 2)
                assert not endless.began.is_set()
                endless.enough.set()
            assert sorting.result().status_code == 200


def test_an_encoder_says_which_texts_belong_to_none_of_its_categories(
    models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf: ModelCache = tiny.shelf()
    monkeypatch.setattr(shelf._loader, "classifier", lambda _entry: Encoder())
    with tiny.running(list_encoder(models, tmp_path / "models.json"), shelf) as server:
        url = f"http://127.0.0.1:{server.port}"
        data = classify(url, ["my parcel", "my xylophone"], "run-4").json()["data"]
    assert [item["none_of_these"] for item in data] == [False, True]
    assert [item["label"] for item in data] == ["delivery", "refund"]


def test_answers_below_the_limit_are_to_be_checked_as_soon_as_it_changes(
    models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf: ModelCache = tiny.shelf()
    monkeypatch.setattr(shelf._loader, "classifier", lambda _entry: Encoder())
    listed = list_encoder(models, tmp_path / "models.json")
    texts = ["my parcel", "money back", "my xylophone"]  # 0.8, 0.9, none of these
    told = []
    with tiny.running(listed, shelf) as server:
        url = f"http://127.0.0.1:{server.port}"
        for limit in (None, 0.8, 0.95, 0.0):
            items = json.loads(listed.read_text())
            items[0]["threshold"] = limit
            listed.with_suffix(".new").write_text(json.dumps(items))
            listed.with_suffix(".new").replace(listed)
            data = classify(url, texts, "run-4").json()["data"]
            told.append([item["please_check"] for item in data])
            about = httpx.get(f"{url}/v1/models/run-4").json()
            assert about["workbench"]["threshold"] == limit
        asked = {"model": "run-4", "messages": [{"role": "user", "content": "my xylophone"}]}
        chat = httpx.post(f"{url}/v1/chat/completions", json=asked, timeout=20).json()
        stream = httpx.post(
            f"{url}/v1/chat/completions", json={**asked, "stream": True}, timeout=20
        ).text
    assert told == [[None] * 3, [True, False, True], [True] * 3, [False, False, True]]
    assert chat["workbench"] == {"please_check": True}
    assert '"workbench": {"please_check": true}' in stream
    assert shelf.loads == 1


def test_a_model_that_writes_cannot_tell_what_belongs_to_none(url: str) -> None:
    (told,) = classify(url, "my xylophone").json()["data"]
    assert told["none_of_these"] is None


def test_a_model_that_writes_tells_by_the_category_that_stands_for_none() -> None:
    entry: Any = SimpleNamespace(labels=("delivery", "other"), out_of_scope="other")
    assert [inference._sorted(entry, row).none_of_these for row in ([0.4, 0.6], [0.6, 0.4])] == [
        True,
        False,
    ]


def test_an_encoder_answers_chat_clients_with_the_category(
    models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf: ModelCache = tiny.shelf()
    monkeypatch.setattr(shelf._loader, "classifier", lambda _entry: Encoder())
    with tiny.running(list_encoder(models, tmp_path / "models.json"), shelf) as server:
        url = f"http://127.0.0.1:{server.port}"
        client = OpenAI(base_url=f"{url}/v1", api_key="none")
        asked = [{"role": "user", "content": "Where is my parcel?"}]
        reply = client.chat.completions.create(model="run-4", messages=asked)
        chunks = list(client.chat.completions.create(model="run-4", messages=asked, stream=True))
        sure = classify(url, "parcel", "run-4").json()["data"][0]["probability"]
    assert reply.choices[0].message.content == "delivery"
    assert "".join(c.choices[0].delta.content or "" for c in chunks) == "delivery"
    assert sure == pytest.approx(0.8)


def test_a_text_that_is_too_long_to_sort_says_which(url: str) -> None:
    reply = classify(url, ["Where is my parcel?", "parcel " * 500])
    assert reply.status_code == 400
    error = reply.json()["error"]
    assert (error["code"], error["param"]) == ("context_length_exceeded", "input")
    assert error["message"].startswith("Text 2 of the input is ")
    assert "at most 256: shorten it." in error["message"]
    assert classify(url, "Where is my parcel?").status_code == 200


def test_what_an_encoder_does_not_read_is_noted(
    models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf: ModelCache = tiny.shelf()
    monkeypatch.setattr(shelf._loader, "classifier", lambda _entry: Encoder())
    with tiny.running(list_encoder(models, tmp_path / "models.json"), shelf) as server:
        url = f"http://127.0.0.1:{server.port}"
        found = classify(url, ["parcel", "parcel " * 20], "run-4").json()["data"]
        body = {"model": "run-4", "messages": [{"role": "user", "content": "parcel " * 20}]}
        chat = httpx.post(f"{url}/v1/chat/completions", json=body, timeout=20)
    assert "note" not in found[0]
    assert (found[1]["note"], found[1]["label"]) == ("It is long.", "delivery")
    assert (found[0].get("read"), found[1]["read"]) == (None, "read in 3 parts")
    assert chat.status_code == 400
    assert chat.json()["error"]["code"] == "context_length_exceeded"


class Several(Encoder):
    """The same, where a text may have several categories."""

    labels = ("refund", "delivery", "crew")
    thresholds = np.array([0.5, 0.3, 0.5])

    def sort(self, texts: list[str], done: Callable[[int], None], ids: list[list[int]]) -> Sorted:
        return Sorted(
            np.array([[0.9, 0.4, 0.2] if t == "both" else [0.1] * 3 for t in texts]), None
        )

    def sets(self, shares: Any) -> tuple[list[str], list[float]]:
        return EncoderModel.sets(self, shares)  # type: ignore[arg-type]


def test_of_several_categories_all_that_hold_come_first(
    models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf: ModelCache = tiny.shelf()
    monkeypatch.setattr(shelf._loader, "classifier", lambda _entry: Several())
    path = tmp_path / "models.json"
    sorts = {"kind": "encoder", "task": "multi_label", "labels": list(Several.labels)}
    item = tiny.entry("run-4", models / "base", models / "sorter", threshold=0.5, **sorts)
    path.write_text(json.dumps([item]))
    with tiny.running(path, shelf) as server:
        url = f"http://127.0.0.1:{server.port}"
        both, none = classify(url, ["both", "x"], "run-4").json()["data"]
        reply = OpenAI(base_url=f"{url}/v1", api_key="none").chat.completions.create(
            model="run-4", messages=[{"role": "user", "content": "both"}]
        )
    assert both["label"] == "delivery; refund"
    assert both["probability"] == pytest.approx(0.9 * 0.4 * 0.8)
    assert [(one["label"], one["holds"]) for one in both["labels"]] == [
        ("refund", True), ("delivery", True), ("crew", False),
    ]  # fmt: skip
    assert [one["threshold"] for one in both["labels"]] == [0.5, 0.3, 0.5]
    assert both["please_check"] is True
    assert none["label"] == "none of them"
    assert none["please_check"] is False
    assert reply.choices[0].message.content == "delivery; refund"


class Estimating(Encoder):
    """The same, where a text has a number."""

    labels = ()
    numbers = NumberRange(middle=3.0, scale=1.0, low=1.0, high=5.0, places=2, width=1.0)

    def estimates(
        self, texts: list[str], done: Callable[[int], None], ids: list[list[int]]
    ) -> list[Estimate]:
        done(len(texts))
        return [self.numbers.estimate(len(text) - 3) for text in texts]


def test_a_number_is_told_with_the_range_around_it(
    models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf: ModelCache = tiny.shelf()
    monkeypatch.setattr(shelf._loader, "classifier", lambda _entry: Estimating())
    path = tmp_path / "models.json"
    item = tiny.entry(
        "run-4", models / "base", models / "sorter", kind="encoder", task="regression", labels=[]
    )
    path.write_text(json.dumps([item]))
    with tiny.running(path, shelf) as server:
        url = f"http://127.0.0.1:{server.port}"
        near, far = classify(url, ["four", "a longer one"], "run-4").json()["data"]
        reply = OpenAI(base_url=f"{url}/v1", api_key="none").chat.completions.create(
            model="run-4", messages=[{"role": "user", "content": "four"}]
        )
    assert (near["value"], near["low"], near["high"], near["outside"]) == (4.0, 3.0, 5.0, None)
    assert (far["value"], far["outside"]) == (5.0, 12.0)
    assert reply.choices[0].message.content == "4"
