"""Texts as vectors, read by OpenAI's own client: those of the encoder's own files."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import openai
import pytest
import torch
from openai import OpenAI
from transformers import AutoModel, AutoTokenizer

from tests.helpers import encoders, tiny
from workbench.engine.encoder.encoder import Classifier, load_encoder
from workbench.engine.encoder.model import save_encoder_model
from workbench.engine.encoder.probe import Head
from workbench.engine.encoder.reader.reader import load_reader
from workbench.models.trained import TrainedModel, read_trained

TEXTS = ["where is my parcel", "the invoice", "my password never came and nobody answers"]


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Encoders: `plain`, `first` (its first token, not normalised), and `trained`."""
    folder = tmp_path_factory.mktemp("encoders")
    encoders.make_encoder(folder / "plain")
    first = encoders.make_encoder(folder / "first", seed=1)
    (first / "1_Pooling").mkdir()
    (first / "1_Pooling" / "config.json").write_text('{"pooling_mode_cls_token": true}')
    (first / "modules.json").write_text('[{"type": "sentence_transformers.models.Pooling"}]')
    (first / "sentence_bert_config.json").write_text('{"max_seq_length": 12}')
    return folder


@pytest.fixture
def client(folders: Path, tmp_path: Path) -> Iterator[OpenAI]:
    base = tiny.make_base(tmp_path / "writer")
    entries = [
        tiny.entry("base:plain", folders / "plain", kind="encoder"),
        tiny.entry("base:first", folders / "first", kind="encoder"),
        tiny.entry("base:writer", base),
    ]
    path = tiny.registry_of(entries, tmp_path / "models.json")
    with (
        tiny.running(path, tiny.shelf()) as server,
        OpenAI(base_url=f"http://127.0.0.1:{server.port}/v1", api_key="x", max_retries=0) as opened,
    ):
        yield opened


def vectors(client: OpenAI, model: str, texts: Any = TEXTS, **more: Any) -> np.ndarray:
    found = client.embeddings.create(model=model, input=texts, **more)
    assert [one.index for one in found.data] == list(range(len(found.data)))
    return np.array([one.embedding for one in found.data])


def states(folder: Path, text: str) -> torch.Tensor:
    """The last layer's states (tokens, hidden) of one text, by transformers alone."""
    tokenizer = AutoTokenizer.from_pretrained(folder)
    body = AutoModel.from_pretrained(folder).eval()
    with torch.no_grad():
        return body(**tokenizer(text, return_tensors="pt")).last_hidden_state[0]


def test_vectors_are_the_mean_of_all_tokens_at_length_one(client: OpenAI, folders: Path) -> None:
    found = vectors(client, "base:plain")
    for vector, text in zip(found, TEXTS, strict=True):
        mean = states(folders / "plain", text).mean(0).numpy()
        assert np.allclose(vector, mean / np.linalg.norm(mean), atol=1e-5)
    assert np.allclose(vectors(client, "base:plain", TEXTS[1])[0], found[1], atol=1e-6)


def test_the_model_s_own_files_say_how_it_is_done(client: OpenAI, folders: Path) -> None:
    found = vectors(client, "base:first")
    for vector, text in zip(found, TEXTS, strict=True):
        assert np.allclose(vector, states(folders / "first", text)[0].numpy(), atol=1e-5)
    assert not np.allclose(np.linalg.norm(found, axis=1), 1, atol=0.1)
    with pytest.raises(openai.BadRequestError, match="at most 12") as caught:
        vectors(client, "base:first", ["short", "parcel " * 20])
    assert caught.value.code == "context_length_exceeded"


def test_both_encodings_say_the_same(client: OpenAI) -> None:
    numbers = vectors(client, "base:plain", encoding_format="float")
    assert np.allclose(vectors(client, "base:plain"), numbers, atol=1e-7)  # base64, decoded by it
    body = {"model": "base:plain", "input": TEXTS, "encoding_format": "base64"}
    reply = httpx.post(f"{client.base_url}embeddings", json=body).json()
    raw = [base64.b64decode(one["embedding"]) for one in reply["data"]]
    assert np.array_equal([np.frombuffer(one, "<f4") for one in raw], numbers.astype(np.float32))
    assert reply["usage"]["prompt_tokens"] == reply["usage"]["total_tokens"] > len(TEXTS)


def test_a_trained_encoder_gives_what_it_has_become(
    client: OpenAI, folders: Path, tmp_path: Path
) -> None:
    adapter = _trained(folders / "plain", tmp_path / "trained")
    registry = tmp_path / "models.json"
    entries = json.loads(registry.read_text())
    labels = list(encoders.LABELS)
    more = {"kind": "encoder", "task": "classification", "labels": labels}
    entries.append(tiny.entry("run-5", folders / "plain", adapter, **more))
    registry.write_text(json.dumps(entries))
    found = vectors(client, "run-5")
    assert found.shape == vectors(client, "base:plain").shape
    assert not np.allclose(found, vectors(client, "base:plain"), atol=1e-3)
    assert np.allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)


def _trained(base: Path, target: Path) -> Path:
    """A classifier as a training would leave it; its encoder differs from the base's."""
    encoder = load_encoder(base)
    with torch.no_grad():
        for weight in encoder.body.parameters():
            weight.add_(torch.randn_like(weight) * 0.2)
    head = Head(32, len(encoders.LABELS))
    about = {
        "task": "classification", "kind": "encoder", "method": "full",
        "base": {"name": "plain", "path": str(base), "revision": ""}, "quantization": "none",
        "system": "", "labels": list(encoders.LABELS), "max_length": 48, "chat_template": "",
        "versions": {}, "pooling": "mean",
    }  # fmt: skip
    trained = TrainedModel.from_dict(about)
    reader = load_reader(base, encoder.body, 48)
    save_encoder_model(target, Classifier(encoder, head), head, reader, trained)
    assert read_trained(target).pooling == "mean"
    return target


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"model": "base:writer"}, "gives no vectors"),
        ({"dimensions": 16}, "have 32"),
        ({"dimensions": True}, "whole number"),
        ({"encoding_format": "hex"}, "float or base64"),
        ({"input": [1, 2]}, "a text or a list of texts"),
        ({"input": []}, "a text or a list of texts"),
        ({"input": ["a", ""]}, "not empty"),
        ({"input": "parcel " * 99}, "at most 48"),
    ],
    ids=str,
)
def test_what_cannot_be_is_refused_in_a_sentence(
    client: OpenAI, change: dict[str, Any], sentence: str
) -> None:
    body = {"model": "base:plain", "input": "x", **change}
    reply = httpx.post(f"{client.base_url}embeddings", json=body)
    assert reply.status_code == 400
    assert sentence in reply.json()["error"]["message"]


def test_an_encoder_that_has_not_learned_says_what_it_can(client: OpenAI) -> None:
    reply = httpx.post(f"{client.base_url}classify", json={"model": "base:plain", "input": "x"})
    assert "/v1/embeddings" in reply.json()["error"]["message"]
    assert vectors(client, "base:plain", dimensions=32).shape == (3, 32)


def test_answering_with_a_category_has_no_form_and_no_log_probabilities(
    client: OpenAI, folders: Path, tmp_path: Path
) -> None:
    adapter = _trained(folders / "plain", tmp_path / "trained")
    registry = tmp_path / "models.json"
    more = {"kind": "encoder", "task": "classification", "labels": list(encoders.LABELS)}
    registry.write_text(json.dumps([tiny.entry("run-5", folders / "plain", adapter, **more)]))
    asked: Any = {"model": "run-5", "messages": [{"role": "user", "content": "my parcel"}]}
    reply = client.chat.completions.create(n=2, **asked)
    assert len({choice.message.content for choice in reply.choices}) == 1
    found = [""] * 2
    for chunk in client.chat.completions.create(n=2, stream=True, **asked):
        for choice in chunk.choices:
            found[choice.index] += choice.delta.content or ""
    assert found == [choice.message.content for choice in reply.choices]
    for wish in ({"logprobs": True}, {"response_format": {"type": "json_object"}}):
        with pytest.raises(openai.BadRequestError, match="answers with a category"):
            client.chat.completions.create(**asked, **wish)
